import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { describe, it } from 'node:test'
import { answerTo } from '@saucery/chassis/testing/raw'
import { openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'

/** The headers that the service receives when the client sends these. */
async function received(
  headers: OutgoingHttpHeaders,
  env: Record<string, string> = {},
): Promise<IncomingHttpHeaders> {
  let seen: IncomingHttpHeaders = {}
  await using order = await startUpstream((request, response) => {
    seen = request.headers
    response.end()
  })
  await using gateway = await startGateway({ ORDER_URL: order.url, ...env })
  const { client, answer } = openConnection(`${gateway.url}/orders`, { headers })
  client.end()
  await readText(await answer)
  return seen
}

describe('a request', () => {
  it('is forwarded without hop-by-hop headers and the token', async () => {
    const seen = await received({
      connection: 'close, X-Private',
      'x-private': '1',
      'keep-alive': 'timeout=99',
      te: 'trailers',
      'proxy-authorization': 'Basic eDp5',
      'proxy-authenticate': 'Basic',
      'proxy-connection': 'keep-alive',
      upgrade: 'h2c',
      authorization: 'Bearer for-the-gateway',
      'accept-encoding': 'br',
      prefer: 'wait=2',
    })
    for (const name of [
      ...['x-private', 'keep-alive', 'te', 'upgrade', 'transfer-encoding', 'authorization'],
      ...['proxy-authorization', 'proxy-authenticate', 'proxy-connection'],
    ])
      assert.equal(seen[name], undefined, name)
    assert.equal(seen.connection, 'keep-alive')
    assert.equal(seen['accept-encoding'], 'br')
    assert.equal(seen.prefer, 'wait=2')
  })

  it('is forwarded without its origin, which the gateway has checked', async () => {
    const origin = 'http://127.0.0.1'
    const seen = await received({ host: '127.0.0.1', origin, 'sec-fetch-site': 'same-origin' })
    assert.deepEqual([seen.origin, seen['sec-fetch-site']], [undefined, undefined])
  })

  it('names the client’s address, whatever the client claims', async () => {
    const seen = await received(
      {
        host: 'shop.example',
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
      },
      { ALLOWED_HOSTS: 'shop.example' },
    )
    assert.equal(seen['x-forwarded-for'], '127.0.0.1')
    assert.equal(seen['x-forwarded-host'], 'shop.example')
    assert.equal(seen['x-forwarded-proto'], 'http')
    assert.equal(seen['x-real-ip'], undefined)
    assert.equal(seen.forwarded, undefined)
    assert.equal(seen.via, '1.1 gateway')
  })

  it('names the address that a trusted proxy forwards, and nothing from before that proxy', async () => {
    const seen = await received(
      {
        host: 'gateway.internal',
        'x-forwarded-for': '6.6.6.6, nonsense, 1.1.1.1',
        'x-forwarded-host': 'shop.example',
        'x-forwarded-proto': 'https',
        'x-real-ip': '6.6.6.6',
      },
      { TRUSTED_PROXIES: '1', ALLOWED_HOSTS: 'gateway.internal' },
    )
    assert.equal(seen['x-forwarded-for'], '1.1.1.1, 127.0.0.1')
    assert.equal(seen['x-forwarded-host'], 'shop.example')
    assert.equal(seen['x-forwarded-proto'], 'https')
    assert.equal(seen['x-real-ip'], undefined)
  })

  it('gets an id and a trace', async () => {
    const seen = await received({ tracestate: 'of=nothing' })
    assert.match(String(seen['x-request-id']), /^[\da-f-]{36}$/)
    assert.match(String(seen.traceparent), /^00-[\da-f]{32}-[\da-f]{16}-01$/)
    assert.equal(seen.tracestate, undefined)
  })

  it('keeps its id and its trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00'
    const seen = await received({ 'x-request-id': 'mine.1', traceparent, tracestate: 'a=b' })
    assert.equal(seen['x-request-id'], 'mine.1')
    assert.equal(seen.traceparent, traceparent)
    assert.equal(seen.tracestate, 'a=b')
  })

  it('gets new ones for a malformed id and trace', async () => {
    const seen = await received({ 'x-request-id': 'a "b"', traceparent: '00-zz-1-01' })
    assert.match(String(seen['x-request-id']), /^[\da-f-]{36}$/)
    assert.match(String(seen.traceparent), /^00-[\da-f]{32}-[\da-f]{16}-01$/)
  })
})

describe('an answer', () => {
  it('is unchanged except for hop-by-hop headers', async () => {
    const packed = Buffer.from('1f8b08000000000000034bcec8cf4e05004d8f0e7505000000', 'hex')
    await using order = await startUpstream((_, response) => {
      response.writeHead(418, 'Short And Stout', {
        connection: 'close, X-Private',
        'x-private': '1',
        'proxy-authenticate': 'Basic',
        'keep-alive': 'timeout=99',
        upgrade: 'h2c',
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
    const { client, answer } = openConnection(`${gateway.url}/orders`)
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
    for (const name of ['x-private', 'proxy-authenticate', 'upgrade'])
      assert.equal(headers[name], undefined, name)
    assert.notEqual(headers['keep-alive'], 'timeout=99')
  })

  it('has no body where the service sends none, and the connection stays open', async () => {
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

describe('a trailer', () => {
  it('is neither forwarded nor announced, in either direction', async () => {
    let seen: IncomingHttpHeaders = {}
    let came = ''
    await using order = await startUpstream(async (request, response) => {
      for await (const chunk of request) came += chunk
      seen = { ...request.headers, ...request.trailers }
      response.writeHead(200, { trailer: 'x-checksum' }).write('down')
      response.addTrailers({ 'x-checksum': '1' })
      response.end()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const head = 'POST /orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTrailer: x-checksum\r\n'
    const body = 'Transfer-Encoding: chunked\r\n\r\n2\r\nup\r\n0\r\nx-checksum: 1\r\n\r\n'
    const answer = await answerTo(gateway.port, head + body)
    assert.match(answer, /^HTTP\/1.1 200 .*down/s)
    assert.doesNotMatch(answer, /checksum/)
    assert.deepEqual([came, seen.trailer, seen['x-checksum']], ['up', undefined, undefined])
  })
})
