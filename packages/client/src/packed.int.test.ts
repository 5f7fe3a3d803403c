import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { answeringServer, json, problem } from './testing/server.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

/** @throws with its output when the program fails */
const run = async (file: string, args: readonly string[], cwd: string): Promise<string> =>
  (
    await promisify(execFile)(file, args, {
      cwd,
      env: { ...process.env, npm_config_update_notifier: 'false' },
    })
  ).stdout

/** An empty folder outside of the workspace, with the client as npm installs it. */
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saucery-client-'))
  await run('pnpm', ['pack', '--pack-destination', folder], here)
  const [tarball] = await readdir(folder)
  assert.ok(tarball)
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], folder)
})
after(() => rm(folder, { recursive: true }))

const installed = (...path: string[]) => join(folder, 'node_modules', ...path)

/** The program of the README, run by plain Node. */
async function exampleOfReadme(url: string): Promise<string> {
  const readme = await readFile(join(here, 'README.md'), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  assert.ok(example.includes("from '@saucery/client'"))
  await writeFile(join(folder, 'example.mjs'), example.replace('http://localhost:8088', url))
  return run(process.execPath, ['example.mjs'], folder)
}

describe('the packed client', () => {
  it('installs without any package of the workspace, with licence, types and sources', async () => {
    assert.deepEqual(await readdir(installed('@saucery')), ['client'])
    const files = await readdir(installed('@saucery', 'client'))
    for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) assert.ok(files.includes(file), file)
    const map = JSON.parse(await readFile(installed('@saucery', 'client', 'dist', 'live.js.map'), 'utf8'))
    assert.match(map.sourcesContent[0], /for await \(const batch of readLive/)
  })

  it('runs the example of its README on plain Node: a busy service, then the order in the live feed', async () => {
    const order = (status: string) => JSON.stringify({ orderId: 'o1', status })
    await using server = await answeringServer(
      problem(503, 'store-unavailable', {}, { 'retry-after': '1' }),
      json(201, { id: 'o1' }, { 'event-id': 'e1' }),
      (_, response) => response.end('id: 1\n\n'),
      (_, response) => void response.write(`event: order\ndata: ${order('DELIVERED')}\nid: 2\n\n`),
    )
    assert.equal(await exampleOfReadme(server.url), 'placed o1\no1 is DELIVERED\n')
    const [busy, placed, live, resumed] = server.requests
    assert.ok(busy?.headers['idempotency-key'])
    assert.equal(placed?.headers['idempotency-key'], busy.headers['idempotency-key'])
    assert.deepEqual(
      [live?.url, live?.headers['last-event-id']],
      ['/orderDashboards/live?orderId=o1', undefined],
    )
    assert.equal(resumed?.headers['last-event-id'], '1')
  })

  it('types the calls, for a strict program that checks its libraries too', async () => {
    await writeFile(
      join(folder, 'typed.ts'),
      `import { openClient, followLive, type Order } from '@saucery/client'
const client = openClient({ url: 'http://localhost:8088' })
const order: Order = await client.get('/orders/{id}', { path: { id: '1' } })
for await (const { orders } of followLive({ client, query: { status: 'PAID' } })) orders.map(({ qty }) => qty)
// @ts-expect-error there is no such path
await client.get('/order')
export { order }
`,
    )
    const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
    const libraries = ['--target', 'es2023', '--module', 'nodenext', '--lib', 'es2023,dom,dom.iterable']
    await run(join(here, 'node_modules', '.bin', 'tsc'), [...strict, ...libraries, 'typed.ts'], folder)
  })
})
