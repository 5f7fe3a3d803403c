import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { openConnection, startGateway } from '../testing/gateway.ts'
import { servePage } from './page.ts'

const script = 'console.log("sauce")'
const html = '<!doctype html><title>Saucery</title>'
let folder: string
let gateway: Awaited<ReturnType<typeof startGateway>>

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saucery-page-'))
  await writeFile(join(folder, 'secret.txt'), 'not of the page')
  const root = join(folder, 'page')
  await mkdir(join(root, 'assets'), { recursive: true })
  await writeFile(join(root, 'index.html'), html)
  await writeFile(join(root, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  await writeFile(join(root, 'assets/app-A1.js'), script)
  await writeFile(join(root, 'assets/app-A1.js.br'), brotliCompressSync(script))
  await writeFile(join(root, 'assets/app-A1.js.gz'), gzipSync(script))
  gateway = await startGateway({ WEB_ROOT: root })
})

after(async () => {
  await gateway[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Sends the path as it is written, with nothing decoded or normalized. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { client, answer } = openConnection(gateway.url, { path, headers, method })
  client.end()
  const message = await answer
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return { status: message.statusCode, headers: message.headers, body: Buffer.concat(chunks) }
}

const app = '/assets/app-A1.js'

describe('the page', () => {
  it('is revalidated each time, and may load nothing from other hosts', async () => {
    const { status, headers, body } = await ask('/')
    assert.deepEqual([status, String(body)], [200, html])
    assert.match(headers['content-type'] ?? '', /^text\/html/)
    assert.equal(headers['cache-control'], 'no-cache')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'; script-src 'self'/)
    assert.doesNotMatch(policy, /unsafe|http/)
  })

  it('has assets that are cached for ever, because their names change with their content', async () => {
    const { headers } = await ask(app)
    assert.match(headers['content-type'] ?? '', /^text\/javascript/)
    assert.match(headers['cache-control'] ?? '', /immutable/)
    const icon = await ask('/favicon.svg')
    assert.deepEqual(
      [icon.headers['content-type'], icon.headers['cache-control']],
      ['image/svg+xml; charset=utf-8', 'no-cache'],
    )
  })

  it('is compressed for a client that accepts that', async () => {
    for (const [accepted, encoding] of [
      ['gzip, deflate, br, zstd', 'br'],
      ['gzip', 'gzip'],
      ['br;q=0, gzip;q=0.5', 'gzip'],
      ['*', 'br'],
      ['gzip;q=0', undefined],
      ['zstd', undefined],
    ] as const) {
      const { headers } = await ask(app, { 'accept-encoding': accepted })
      assert.equal(headers['content-encoding'], encoding, accepted)
      assert.match(String(headers.vary), /Accept-Encoding/)
    }
    const { body } = await ask(app, { 'accept-encoding': 'gzip' })
    assert.equal(String(gunzipSync(body)), script)
  })

  it('is not sent again to a client that has it in the same encoding', async () => {
    const plain = String((await ask(app)).headers.etag)
    const brotli = String((await ask(app, { 'accept-encoding': 'br' })).headers.etag)
    assert.notEqual(plain, brotli)
    const same = await ask(app, { 'if-none-match': `"other", W/${plain}` })
    assert.deepEqual([same.status, same.body.length, same.headers.etag], [304, 0, plain])
    assert.equal((await ask(app, { 'if-none-match': brotli })).status, 200)
  })

  it('answers HEAD without the body', async () => {
    const { status, headers, body } = await ask(app, {}, 'HEAD')
    assert.deepEqual([status, body.length], [200, 0])
    assert.match(headers['content-type'] ?? '', /^text\/javascript/)
  })

  it('leads to no file outside its folder', async () => {
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/..\\..\\secret.txt',
      '//secret.txt',
      '/assets',
      '/assets/',
      '/assets/app-A1.js.br',
      '/index.html%00.js',
    ]) {
      const { status, body } = await ask(path)
      assert.ok(status === 404 || status === 400, `${path}: ${status}`)
      assert.doesNotMatch(String(body), /not of the page|console/, path)
    }
  })

  it('leaves the API as it is', async () => {
    assert.equal((await ask('/orders')).status, 502)
    assert.equal((await ask('/openapi.json')).status, 200)
    assert.equal((await ask('/', {}, 'POST')).status, 405)
  })

  it('keeps the gateway from starting when it cannot be read', async () => {
    await assert.rejects(servePage(join(folder, 'page', 'assets')), /no index\.html/)
    await assert.rejects(servePage(join(folder, 'nowhere')), { code: 'ENOENT' })
  })
})
