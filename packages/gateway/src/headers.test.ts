import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { describe, it } from 'node:test'
import { open, startGateway, startUpstream, textOf } from './testing.ts'

/** What the service gets when the client sends these. */
async function received(headers: OutgoingHttpHeaders): Promise<IncomingHttpHeaders> {
  let seen: IncomingHttpHeaders = {}
  await using order = await startUpstream((request, response) => {
    seen = request.headers
    response.end()
  })
  await using gateway = await startGateway({ ORDER_URL: order.url })
  const { client, answer } = open(`${gateway.url}/orders`, { headers })
  client.end()
  await textOf(await answer)
  return seen
}

describe('a request', () => {
  it('is passed on without what was meant for the next hop only', async () => {
    const seen = await received({
      connection: 'close, X-Private',
      'x-private': '1',
      'keep-alive': 'timeout=99',
      te: 'trailers',
      'proxy-authorization': 'Basic eDp5',
      upgrade: 'h2c',
      authorization: 'Bearer for-the-gateway',
      'accept-encoding': 'br',
      prefer: 'wait=2',
    })
    for (const name of ['x-private', 'keep-alive', 'te', 'proxy-authorization', 'upgrade', 'authorization'])
      assert.equal(seen[name], undefined, name)
    assert.equal(seen.connection, 'keep-alive')
    assert.equal(seen['accept-encoding'], 'br')
    assert.equal(seen.prefer, 'wait=2')
  })

  it('says who asked, whatever the client claims', async () => {
    const seen = await received({
      host: 'shop.example',
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
    })
    assert.equal(seen['x-forwarded-for'], '127.0.0.1')
    assert.equal(seen['x-forwarded-host'], 'shop.example')
    assert.equal(seen['x-forwarded-proto'], 'http')
    assert.equal(seen['x-real-ip'], undefined)
    assert.equal(seen.forwarded, undefined)
    assert.equal(seen.via, '1.1 gateway')
  })

  it('gets an id and a trace', async () => {
    const seen = await received({ tracestate: 'of=nothing' })
    assert.match(String(seen['x-request-id']), /^[\da-f-]{36}$/)
    assert.match(String(seen.traceparent), /^00-[\da-f]{32}-[\da-f]{16}-01$/)
    assert.equal(seen.tracestate, undefined)
  })

  it('keeps the id and the trace that it came with', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
    const seen = await received({ 'x-request-id': 'mine.1', traceparent, tracestate: 'a=b' })
    assert.equal(seen['x-request-id'], 'mine.1')
    assert.equal(seen.traceparent, traceparent)
    assert.equal(seen.tracestate, 'a=b')
  })

  it('gets new ones for those that nobody could use', async () => {
    const seen = await received({ 'x-request-id': 'a "b"', traceparent: '00-zz-1-01' })
    assert.match(String(seen['x-request-id']), /^[\da-f-]{36}$/)
    assert.match(String(seen.traceparent), /^00-[\da-f]{32}-[\da-f]{16}-01$/)
  })
})

describe('an answer', () => {
  it('comes as it was given, less what was meant for the gateway', async () => {
    const packed = Buffer.from('1f8b08000000000000034bcec8cf4e05004d8f0e7505000000', 'hex')
    await using order = await startUpstream((_, response) => {
      response.writeHead(418, 'Short And Stout', {
        connection: 'close, X-Private',
        'x-private': '1',
        'proxy-authenticate': 'Basic',
        'content-encoding': 'gzip',
        'content-length': packed.length,
        'set-cookie': ['a=1', 'b=2'],
        date: 'Thu, 01 Jan 1970 00:00:00 GMT',
        'x-latin': 'caf\u00e9',
        location: '/orders/1',
      })
      response.end(packed)
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = open(`${gateway.url}/orders`)
    client.end()
    const message = await answer
    const { statusCode, statusMessage, headers } = message
    const chunks: Buffer[] = []
    for await (const chunk of message) chunks.push(chunk)
    assert.deepEqual([statusCode, statusMessage], [418, 'Short And Stout'])
    assert.deepEqual(Buffer.concat(chunks), packed)
    assert.deepEqual(headers['set-cookie'], ['a=1', 'b=2'])
    assert.equal(headers['content-encoding'], 'gzip')
    assert.equal(headers['content-length'], String(packed.length))
    assert.equal(headers.date, 'Thu, 01 Jan 1970 00:00:00 GMT')
    assert.equal(headers['x-latin'], 'caf\u00e9')
    assert.equal(headers.location, '/orders/1')
    assert.equal(headers['x-private'], undefined)
    assert.equal(headers['proxy-authenticate'], undefined)
  })

  it('has no body where there is none, and the connection stays', async () => {
    await using order = await startUpstream((request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': '1234', etag: '"1"' }).end()
      else response.writeHead(Number(request.url?.slice('/orders/'.length)), { etag: '"1"' }).end()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    for (const [method, path, status, length] of [
      ['HEAD', '/orders/1', 200, '1234'],
      ['GET', '/orders/204', 204, null],
      ['GET', '/orders/304', 304, null],
      ['DELETE', '/orders/204', 204, null],
    ] as const) {
      const answer = await fetch(gateway.url + path, { method })
      assert.equal(answer.status, status)
      assert.equal(answer.headers.get('content-length'), length)
      assert.equal(answer.headers.get('transfer-encoding'), null)
      assert.equal(answer.headers.get('etag'), '"1"')
      assert.equal(await answer.text(), '')
    }
  })
})
