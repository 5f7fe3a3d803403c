import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { getRequestListener } from '@hono/node-server'
import { tagJson } from '@saucery/chassis/http/tag-json'
import { Hono } from 'hono'
import { openConnection, startGateway, startUpstream } from '../testing/gateway.ts'

const json = (length: number) => JSON.stringify('x'.repeat(length - 2))

const sending =
  (body: string | Buffer, headers: OutgoingHttpHeaders): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-length': Buffer.byteLength(body), ...headers }).end(body)

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The answer of a service as a client of the gateway gets it. */
async function through(service: RequestListener, headers: OutgoingHttpHeaders, method = 'GET') {
  await using order = await startUpstream(service)
  await using gateway = await startGateway({ ORDER_URL: order.url })
  const { client, answer } = openConnection(`${gateway.url}/orders`, { headers, method })
  client.end()
  const message = await answer
  return { status: message.statusCode, headers: message.headers, body: await bytesOf(message) }
}

const gzip = { 'accept-encoding': 'br;q=1, gzip;q=0.5' }
const type = { 'content-type': 'application/json' }

describe('JSON of 1 KiB and more', () => {
  for (const [what, length] of [
    ['1 KiB', 1024],
    ['3 MB', 3_000_000],
  ] as const)
    it(`is compressed when it has ${what}`, async () => {
      const service = sending(json(length), { ...type, etag: '"a"', vary: 'Origin' })
      const { headers, body } = await through(service, gzip)
      assert.equal(headers['content-encoding'], 'gzip')
      assert.deepEqual([headers.vary, headers.etag], ['Origin, Accept-Encoding', 'W/"a"'])
      assert.ok(body.length < length / 10)
      assert.equal(gunzipSync(body).toString(), json(length))
    })

  it('is compressed as a problem too, and for whoever accepts every coding', async () => {
    const problem = sending(json(2000), { 'content-type': 'application/problem+json' })
    for (const accepted of ['gzip', 'x-gzip', '*', 'GZIP'])
      assert.equal(
        (await through(problem, { 'accept-encoding': accepted })).headers['content-encoding'],
        'gzip',
      )
  })

  for (const accepted of [undefined, 'identity', 'br', 'gzip;q=0', 'gzip;q=0, *'])
    it(`is not compressed for a client that accepts ${accepted}`, async () => {
      const { headers, body } = await through(
        sending(json(2000), type),
        accepted === undefined ? {} : { 'accept-encoding': accepted },
      )
      assert.equal(headers['content-encoding'], undefined)
      assert.equal(headers.vary, 'Accept-Encoding')
      assert.equal(String(body), json(2000))
    })

  it('keeps its length in the answer to HEAD', async () => {
    const { headers } = await through(sending(json(2000), type), gzip, 'HEAD')
    assert.deepEqual([headers['content-encoding'], headers['content-length']], [undefined, '2000'])
  })

  it('is 304 for a client that has it', async () => {
    const app = new Hono().use(tagJson).get('/orders', (c) => c.json('x'.repeat(3000)))
    const service = getRequestListener(app.fetch)
    const first = await through(service, gzip)
    assert.equal(JSON.parse(gunzipSync(first.body).toString()).length, 3000)
    const again = await through(service, { ...gzip, 'if-none-match': first.headers.etag })
    assert.deepEqual([again.status, again.body.length], [304, 0])
    assert.equal(again.headers['content-encoding'], undefined)
  })

  it('breaks the connection of the client when its service dies', async () => {
    await using order = await startUpstream((request, response) => {
      response.writeHead(200, { ...type, 'content-length': '100000' })
      response.write(json(50_000), () => request.socket.destroy())
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(`${gateway.url}/orders`, { headers: gzip })
    client.end()
    await assert.rejects(async () => bytesOf(await answer), /aborted|socket hang up/)
  })
})

describe('another answer is passed on as it is', () => {
  for (const [what, body, headers] of [
    ['shorter JSON', json(1023), type],
    ['text', 'x'.repeat(2000), { 'content-type': 'text/plain' }],
    ['JSON with a coding', json(2000), { ...type, 'content-encoding': 'br' }],
    ['JSON not to be changed', json(2000), { ...type, 'cache-control': 'private, no-transform' }],
  ] as const)
    it(what, async () => {
      const answer = await through(sending(body, headers), gzip)
      assert.equal(String(answer.body), body)
      assert.equal(answer.headers['content-length'], String(body.length))
    })

  it('an event stream, each event at once', async () => {
    await using dashboard = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
    })
    await using gateway = await startGateway({ DASHBOARD_URL: dashboard.url })
    const { client, answer } = openConnection(`${gateway.url}/orderDashboards/live`, { headers: gzip })
    client.end()
    const [chunk] = await once(await answer, 'data')
    assert.equal(String(chunk), 'data: 1\n\n')
    client.destroy()
  })
})
