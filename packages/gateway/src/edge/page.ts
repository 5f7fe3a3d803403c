import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type Context, Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { getMimeType } from 'hono/utils/mime'
import { pagePolicy } from '../page-policy.ts'

const contentSecurityPolicy = pagePolicy("img-src 'self'")

/** From the smallest form on. */
const endings = { br: '.br', gzip: '.gz', identity: '' } as const

type Encoding = keyof typeof endings

/**
 * Serves the built page in a folder from memory. A path is looked up in a map, never opened, so that none leads out of
 * the folder.
 * @throws when the folder has no index.html
 */
export async function servePage(root: string): Promise<Hono> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((it) => it.isFile()).map((it) => relative(root, join(it.parentPath, it.name)))
  const names = new Set(paths.map((path) => path.split(sep).join('/')))
  if (!names.has('index.html')) throw new Error(`There is no index.html in WEB_ROOT, ${root}`)
  const app = new Hono()
  for (const name of names) {
    if (/\.(br|gz)$/.test(name)) continue
    const file = await readPageFile(root, name, names)
    app.get(name === 'index.html' ? '/' : `/${name}`, (c) => answer(c, file))
  }
  return app
}

async function readPageFile(root: string, name: string, names: ReadonlySet<string>) {
  const contents: Partial<Record<Encoding, Buffer<ArrayBuffer>>> = {}
  for (const [encoding, ending] of Object.entries(endings))
    if (names.has(name + ending)) contents[encoding as Encoding] = await readFile(join(root, name + ending))
  const hash = createHash('sha256').update(contents.identity ?? '')
  return {
    type: getMimeType(name) ?? 'application/octet-stream',
    etag: hash.digest('base64url').slice(0, 22),
    // The name of an asset changes with its content.
    cacheControl: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    contents,
  }
}

/** The first encoding that the client accepts at all, rather than the one it prefers: that is the smallest. */
const smallest: NonNullable<Parameters<typeof accepts>[1]['match']> = (accepted, options) => {
  const qualityOf = (encoding: string) => accepted.find(({ type }) => type.toLowerCase() === encoding)?.q
  return options.supports.find((it) => (qualityOf(it) ?? qualityOf('*') ?? 0) > 0) ?? options.default
}

type PageFile = Awaited<ReturnType<typeof readPageFile>>

function answer(c: Context, { type, etag, cacheControl, contents }: PageFile): Response {
  const encoding = accepts(c, {
    header: 'Accept-Encoding',
    supports: Object.keys(contents),
    default: 'identity',
    match: smallest,
  }) as Encoding
  // Each encoding has its own tag: a cache must not answer for one with another.
  const tag = encoding === 'identity' ? `"${etag}"` : `"${etag}-${encoding}"`
  c.header('cache-control', cacheControl)
  c.header('etag', tag)
  c.header('vary', 'Accept-Encoding', { append: true })
  c.header('content-security-policy', contentSecurityPolicy)
  const known = c.req.header('if-none-match')?.split(',') ?? []
  if (known.some((it) => it.trim().replace(/^W\//, '') === tag || it.trim() === '*')) return c.body(null, 304)
  if (encoding !== 'identity') c.header('content-encoding', encoding)
  c.header('content-type', type)
  return c.body(contents[encoding] ?? '')
}
