import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installPacked } from '@saucery/servers/testing/install-packed'
import { answeringServer, json, problem } from './testing/server.ts'

const here = fileURLToPath(new URL('..', import.meta.url))

let packed: Awaited<ReturnType<typeof installPacked>>
before(async () => {
  packed = await installPacked(here)
})
after(() => packed[Symbol.asyncDispose]())

const installed = (...path: string[]) => join(packed.folder, 'node_modules', ...path)

/** The program of the README, run by plain Node. */
async function exampleOfReadme(url: string): Promise<string> {
  const readme = await readFile(join(here, 'README.md'), 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  assert.ok(example.includes("from '@saucery/client'"))
  await writeFile(join(packed.folder, 'example.mjs'), example.replace('http://localhost:8088', url))
  return packed.run(process.execPath, ['example.mjs'])
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
      join(packed.folder, 'typed.ts'),
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
    await packed.run(join(here, 'node_modules', '.bin', 'tsc'), [...strict, ...libraries, 'typed.ts'])
  })
})
