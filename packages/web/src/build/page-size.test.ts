import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { buildPage } from './build-page.ts'

let folder: string
let assets: string[]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saucery-page-'))
  await buildPage(folder)
  assets = await readdir(join(folder, 'assets'))
})

after(() => rm(folder, { recursive: true }))

const sizeOf = async (ending: string) => {
  const sizes = assets
    .filter((name) => name.endsWith(ending))
    .map(async (name) => (await stat(join(folder, 'assets', name))).size)
  assert.ok(sizes.length > 0, `nothing ends in ${ending}`)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

describe('the built page', () => {
  it('has less than 100 KB of script, with each compression', async () => {
    for (const form of ['.js.gz', '.js.br']) {
      const size = await sizeOf(form)
      assert.ok(size < 100_000, `${form}: ${size} bytes`)
    }
  })

  it('contains no zod: only services validate', async () => {
    for (const name of assets.filter((it) => it.endsWith('.js'))) {
      const script = await readFile(join(folder, 'assets', name), 'utf8')
      assert.ok(!/ZodError|safeParse/.test(script), `zod is in ${name}`)
    }
  })

  it('names its files, which are there with compressed copies of the same content', async () => {
    const html = await readFile(join(folder, 'index.html'), 'utf8')
    const named = [...html.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => String(path))
    assert.deepEqual(
      new Set(named.map((path) => path.replace(/-\w+\./, '.'))),
      new Set(['assets/app.css', 'assets/app.js']),
    )
    for (const path of named) {
      const plain = await readFile(join(folder, path))
      assert.deepEqual(brotliDecompressSync(await readFile(join(folder, `${path}.br`))), plain)
      assert.deepEqual(gunzipSync(await readFile(join(folder, `${path}.gz`))), plain)
    }
  })
})
