import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type Context, Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { getMimeType } from 'hono/utils/mime'

/** The page may load and ask nothing but what is here, and be put into no other. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

interface File {
  readonly type: string
  readonly etag: string
  readonly cacheControl: string
  readonly contents: Readonly<Partial<Record<Encoding, Buffer<ArrayBuffer>>>>
}

type Encoding = 'br' | 'gzip' | 'identity'

const endings = { br: '.br', gzip: '.gz', identity: '' } as const

/**
 * Serves a built page from memory: what is asked for is looked up, never opened, so that no path leads elsewhere.
 * @param root the folder; read once
 */
export async function servePage(root: string): Promise<Hono> {
  const app = new Hono()
  for (const [path, file] of await filesIn(root)) app.get(path, (c) => answer(c, file))
  return app
}

async function filesIn(root: string): Promise<Map<string, File>> {
  const found = await readdir(root, { recursive: true, withFileTypes: true })
  const names = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
  const plain = names.filter((name) => !/\.(br|gz)$/.test(name))
  if (!plain.includes('index.html')) throw new Error(`There is no index.html in WEB_ROOT, ${root}`)
  return new Map(
    await Promise.all(
      plain.map(async (name) => {
        const path = name === 'index.html' ? '/' : `/${name}`
        return [path, await fileOf(root, name, new Set(names))] as const
      }),
    ),
  )
}

async function fileOf(root: string, name: string, names: ReadonlySet<string>): Promise<File> {
  const contents: Partial<Record<Encoding, Buffer<ArrayBuffer>>> = {}
  for (const [encoding, ending] of Object.entries(endings))
    if (names.has(name + ending)) contents[encoding as Encoding] = await readFile(join(root, name + ending))
  return {
    type: getMimeType(name) ?? 'application/octet-stream',
    etag: createHash('sha256')
      .update(contents.identity ?? '')
      .digest('base64url')
      .slice(0, 22),
    // In assets/ a name stands for its content; another page names others.
    cacheControl: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    contents,
  }
}

/** The first form that is taken at all: here they are listed from the smallest on. */
const smallest: NonNullable<Parameters<typeof accepts>[1]['match']> = (
  taken,
  { supports, default: otherwise },
) => {
  const qualityOf = (form: string) => taken.find(({ type }) => type.toLowerCase() === form)?.q
  return supports.find((form) => (qualityOf(form) ?? qualityOf('*') ?? 0) > 0) ?? otherwise
}

function answer(c: Context, { type, etag, cacheControl, contents }: File): Response {
  const encoding = accepts(c, {
    header: 'Accept-Encoding',
    supports: Object.keys(contents),
    default: 'identity',
    match: smallest,
  }) as Encoding
  // Each form has a tag of its own: a cache must not answer for one with another.
  const tag = encoding === 'identity' ? `"${etag}"` : `"${etag}-${encoding}"`
  const headers = {
    'cache-control': cacheControl,
    etag: tag,
    vary: 'Accept-Encoding',
    'content-security-policy': policy,
  }
  for (const [name, value] of Object.entries(headers)) c.header(name, value, { append: name === 'vary' })
  const known = c.req.header('if-none-match')?.split(',') ?? []
  if (known.some((it) => it.trim().replace(/^W\//, '') === tag || it.trim() === '*')) return c.body(null, 304)
  if (encoding !== 'identity') c.header('content-encoding', encoding)
  c.header('content-type', type)
  return c.body(contents[encoding] ?? '')
}
