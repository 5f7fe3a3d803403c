import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { Hono } from 'hono'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { recordingLog, silentLog } from '../testing/log.ts'
import { answerTo, parseAnswer } from '../testing/raw.ts'
import { handleProblems } from './problem.ts'
import { securityHeaders } from './security-headers.ts'
import { serve } from './server.ts'

async function start(env: Record<string, string> = {}, log = silentLog) {
  const held: ((text: string) => void)[] = []
  const app = new Hono()
    .get('/', (c) => c.text('here'))
    .get('/page', (c) => c.html('<p>', 200, { 'content-security-policy': "default-src 'self'" }))
    .get('/id', (c) => c.text(c.req.header('x-request-id') ?? ''))
    .get('/fails', () => Promise.reject('not even an error'))
    .get('/held', (c) => new Promise<Response>((resolve) => held.push((text) => resolve(c.text(text)))))
    .get('/beats', () => {
      let beats = 0
      const stream = new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 100))
          controller.enqueue(new TextEncoder().encode(':\n\n'))
          if (++beats === 20) controller.close()
        },
      })
      return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
    })
    .post('/', async (c) => c.text(await c.req.text()))
  handleProblems(app, silentLog)
  const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0', ...env }), log)
  return {
    port: http.port,
    url: `http://127.0.0.1:${http.port}`,
    held,
    [Symbol.asyncDispose]: http.close,
  }
}

const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: here\r\n${headers}\r\n`
const post = (headers: string, body = '') => `POST / HTTP/1.1\r\nHost: here\r\n${headers}\r\n${body}`

const assertSecurityHeaders = (headers: Headers) => {
  for (const [name, value] of Object.entries(securityHeaders)) assert.equal(headers.get(name), value, name)
  assert.equal(headers.get('cache-control'), 'no-store')
}

/** Asserts that the raw answer is this problem, with the headers of every answer. */
function assertProblem(answer: string, status: number, code: string): void {
  const { headers, body, ...rest } = parseAnswer(answer)
  assert.equal(rest.status, status, answer)
  assert.equal(headers.get('content-type'), 'application/problem+json')
  assert.equal(JSON.parse(body).code, code)
  assert.match(headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/)
  assertSecurityHeaders(headers)
}

describe('every answer', () => {
  it('has the id of its request, or a new one', async () => {
    await using server = await start()
    const mine = await fetch(`${server.url}/id`, { headers: { 'x-request-id': 'mine.1' } })
    assert.deepEqual([mine.headers.get('x-request-id'), await mine.text()], ['mine.1', 'mine.1'])
    for (const unusable of ['', 'a b', 'x'.repeat(101)]) {
      const answer = await fetch(`${server.url}/id`, { headers: { 'x-request-id': unusable } })
      const id = answer.headers.get('x-request-id') ?? ''
      assert.match(id, /^[\da-f-]{36}$/)
      assert.equal(await answer.text(), id)
    }
  })

  it('has the security headers, and none that name the server', async () => {
    await using server = await start()
    for (const path of ['/', '/nowhere', '/held?']) {
      const asking = fetch(server.url + path)
      if (path === '/held?') await eventually(() => assert.equal(server.held.length, 1))
      for (const answer of server.held) answer('')
      const { headers } = await asking
      assertSecurityHeaders(headers)
      assert.equal(headers.get('server'), null)
      assert.equal(headers.get('x-powered-by'), null)
    }
  })

  it('keeps the content security policy of its route', async () => {
    await using server = await start()
    const { headers } = await fetch(`${server.url}/page`)
    assert.equal(headers.get('content-security-policy'), "default-src 'self'")
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  })
})

describe('a malformed request', () => {
  for (const [what, bytes] of [
    ['is not HTTP', 'hello\r\n\r\n'],
    ['has no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['has a malformed host', 'GET / HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n'],
    ['has a malformed URL', 'GET nowhere HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'],
    ['has two lengths', post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abc')],
    ['has a length and chunks', post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['has a chunk of no size', post('Transfer-Encoding: chunked\r\n', 'zz\r\n\r\n')],
    ['has a header with a line break', get('/', 'a: b\r c\r\n')],
    ['has two hosts', get('/', 'host: there\r\n')],
    ['has one host twice', get('/', 'HOST: here\r\n')],
    ['has two content types', post('Content-Type: text/plain\r\nContent-Type: application/json\r\n')],
    ['has two authorizations', get('/', 'Authorization: Bearer a\r\nauthorization: Bearer b\r\n')],
    ['asks for HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ] as const)
    it(`because it ${what} is a problem`, async () => {
      await using server = await start()
      assertProblem(await answerTo(server.port, bytes), 400, 'malformed-request')
    })

  for (const version of ['2.0', '0.9'])
    it(`is a problem of its own when it claims to be HTTP/${version}`, async () => {
      await using server = await start()
      const answer = await answerTo(server.port, get('/').replace('HTTP/1.1', `HTTP/${version}`))
      assertProblem(answer, 505, 'unsupported-http-version')
    })

  it('is in the log with the id of its answer', async () => {
    const { log, lines } = recordingLog()
    await using server = await start({}, log)
    const { headers } = parseAnswer(await answerTo(server.port, 'hello\r\n\r\n'))
    assert.equal(lines.length, 1)
    const { requestId, reason, status } = lines[0] ?? {}
    assert.deepEqual([requestId, reason, status], [headers.get('x-request-id'), 'HPE_INVALID_METHOD', 400])
  })

  it('gets a second to read its answer while it still sends', async () => {
    await using server = await start()
    const client = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('error', () => {}).write('hello\r\n\r\n')
    const closed = new Promise((resolve) => client.once('close', resolve))
    await once(client.resume(), 'end')
    const ended = performance.now()
    client.write('hello\r\n\r\n')
    const again = setInterval(() => client.write('hello'), 20)
    await closed
    clearInterval(again)
    assert.ok(performance.now() - ended > 500)
  })

  it('is not answered in place of the request before it', async () => {
    await using server = await start()
    const answering = answerTo(server.port, `${get('/held')}hello\r\n\r\n`)
    assert.equal(await answering, '')
    const half = post('Transfer-Encoding: chunked\r\n', 'zz\r\n\r\n')
    assert.equal(await answerTo(server.port, get('/held') + half), '')
  })

  it('leaves the requests before it their answers', async () => {
    await using server = await start()
    const client = connect(server.port, '127.0.0.1').setEncoding('utf8')
    client.write(get('/'))
    const [first] = await once(client, 'data')
    assert.match(first, /^HTTP\/1.1 200/)
    client.write('hello\r\n\r\n')
    const [second] = await once(client, 'data')
    assertProblem(second, 400, 'malformed-request')
  })

  it('does not end the process, whatever its bytes are', async () => {
    await using server = await start({ REQUEST_TIMEOUT_MS: '300', KEEP_ALIVE_TIMEOUT_MS: '300' })
    const whole = Buffer.from(
      post('Content-Length: 3\r\nx: y\r\n', 'abc') + get('/', 'Connection: close\r\n'),
    )
    const mutated = () => {
      const bytes = Buffer.from(whole)
      for (const at of randomBytes(3)) bytes[at % bytes.length] = randomBytes(1)[0] as number
      return bytes
    }
    const all = Array.from({ length: 300 }, (_, i) => (i % 3 ? mutated() : randomBytes(1 + (i % 200))))
    await Promise.all(all.map((bytes) => answerTo(server.port, bytes)))
    assert.equal(await (await fetch(server.url)).text(), 'here')
  })
})

describe('a request that is too large', () => {
  for (const [what, bytes] of [
    ['header', get('/', `a: ${'b'.repeat(20_000)}\r\n`)],
    ['sum of headers', get('/', `a: ${'b'.repeat(900)}\r\n`.repeat(20))],
    ['URL', get(`/${'a'.repeat(20_000)}`)],
  ] as const)
    it(`by its ${what} is a problem`, async () => {
      await using server = await start()
      assertProblem(await answerTo(server.port, bytes), 431, 'headers-too-large')
    })

  it('is answered while it is still being sent', async () => {
    await using server = await start()
    const answer = await answerTo(server.port, get('/', `a: ${'b'.repeat(3_000_000)}\r\n`))
    assertProblem(answer, 431, 'headers-too-large')
  })
})

describe('a request that is too slow', () => {
  const fast = { HEADERS_TIMEOUT_MS: '200', REQUEST_TIMEOUT_MS: '400' }

  it('with its head is a problem', async () => {
    await using server = await start(fast)
    assertProblem(await answerTo(server.port, 'GET / HTTP/1.1\r\nHo'), 408, 'request-timeout')
  })

  it('with its body is a problem', async () => {
    await using server = await start(fast)
    assertProblem(await answerTo(server.port, post('Content-Length: 10\r\n', 'abc')), 408, 'request-timeout')
  })

  it('has no limit on the time of its answer', async () => {
    await using server = await start(fast)
    const asking = fetch(`${server.url}/held`)
    const beats = await (await fetch(`${server.url}/beats`)).text()
    assert.equal(beats, ':\n\n'.repeat(20))
    for (const answer of server.held) answer('at last')
    assert.equal(await (await asking).text(), 'at last')
  })

  it('can follow on a kept connection within `KEEP_ALIVE_TIMEOUT_MS`', async () => {
    await using server = await start({ KEEP_ALIVE_TIMEOUT_MS: '300' })
    const begun = performance.now()
    assert.match(await answerTo(server.port, get('/')), /keep-alive/i)
    const took = performance.now() - begun
    assert.ok(took >= 250 && took < 4000, `${took}`)
  })
})

describe('a request for something other than an answer', () => {
  it('gets no CONNECT tunnel', async () => {
    await using server = await start()
    const answer = await answerTo(server.port, 'CONNECT here:1 HTTP/1.1\r\nHost: here:1\r\n\r\n')
    assertProblem(answer, 405, 'method-not-allowed')
    assert.ok(parseAnswer(answer).headers.get('allow'))
  })

  it('gets the methods of the server for OPTIONS *', async () => {
    await using server = await start()
    const answer = await answerTo(
      server.port,
      'OPTIONS * HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n',
    )
    const { status, headers } = parseAnswer(answer)
    assert.deepEqual([status, headers.get('allow')], [204, 'GET, HEAD, POST, OPTIONS'])
  })

  it('gets an answer instead of another protocol', async () => {
    await using server = await start()
    const wants = 'Connection: upgrade, close\r\nUpgrade: websocket\r\nExpect: the-impossible\r\n'
    assert.match(await answerTo(server.port, get('/', wants)), /^HTTP\/1.1 200 .*here$/s)
  })
})

describe('an app that throws outside its error handler', () => {
  it('is answered with 500', async () => {
    await using server = await start()
    const answer = await fetch(`${server.url}/fails`)
    assert.equal(answer.status, 500)
    assert.equal(((await answer.json()) as { code: string }).code, 'internal-error')
    assertSecurityHeaders(answer.headers)
  })
})
