import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { handleProblems } from '@saucery/chassis/http/problem'
import { securityHeaders } from '@saucery/chassis/http/security-headers'
import { recordingLog, silentLog } from '@saucery/chassis/testing/log'
import { answerTo, parseAnswer } from '@saucery/chassis/testing/raw'
import { Hono } from 'hono'
import { deferred, openConnection, readText, startGateway, startUpstream } from '../testing/gateway.ts'

async function codeIn(answer: Response) {
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  return ((await answer.json()) as { code: string }).code
}

describe('every answer of the gateway', () => {
  it('has the id of its request and the security headers, also when a service gives it', async () => {
    await using order = await startUpstream((_, response) => {
      response.writeHead(200, {
        server: 'order/1',
        'x-powered-by': 'sauce',
        'x-request-id': 'another',
        'content-security-policy': 'default-src *',
        'cross-origin-resource-policy': 'cross-origin',
        'access-control-allow-origin': 'https://everyone.example',
      })
      response.end()
    })
    await using payment = await startUpstream(() => {})
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      PAYMENT_URL: payment.url,
      UPSTREAM_TIMEOUT_MS: '100',
      RATE_LIMIT_PER_MINUTE: '8',
      CORS_ORIGINS: 'https://sauce.example',
    })
    for (const [method, path, status, body] of [
      ['GET', '/orders', 200, undefined],
      ['GET', '/', 200, undefined],
      ['GET', '/openapi.json', 200, undefined],
      ['GET', '/nowhere', 404, undefined],
      ['POST', '/', 405, undefined],
      ['POST', '/orders', 413, 'x'.repeat(70_000)],
      ['GET', '/payments', 503, undefined],
      ['GET', '/deliveries', 502, undefined],
      ['GET', '/orders', 429, undefined],
    ] as const) {
      const headers = { 'x-request-id': `${status}.x` }
      const answer = await fetch(gateway.url + path, { method, headers, ...(body && { body }) })
      assert.equal(answer.status, status, path)
      assert.equal(answer.headers.get('x-request-id'), `${status}.x`)
      for (const [name, value] of Object.entries(securityHeaders))
        assert.equal(answer.headers.get(name), value)
      for (const name of ['server', 'x-powered-by', 'access-control-allow-origin'])
        assert.equal(answer.headers.get(name), null)
    }
  })

  it('keeps the content security policy of a page', async () => {
    await using gateway = await startGateway({})
    const { headers } = await fetch(`${gateway.url}/docs`)
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'self'/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
  })

  it('is in the log with the same id when a service gave no answer', async () => {
    const { log, lines } = recordingLog()
    await using gateway = await startGateway({}, log)
    const { headers } = await fetch(`${gateway.url}/orders`)
    assert.deepEqual(
      lines.flatMap(({ msg, requestId }) => (msg === 'no answer' ? [requestId] : [])),
      [headers.get('x-request-id')],
    )
  })
})

describe('a client with too many requests', () => {
  it('gets 429 with `Retry-After`, readable for a page of an allowed origin', async () => {
    let requests = 0
    await using order = await startUpstream((_, response) => {
      requests++
      response.end()
    })
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      RATE_LIMIT_PER_MINUTE: '2',
      CORS_ORIGINS: 'https://sauce.example',
    })
    const ask = (path: string) => fetch(gateway.url + path, { headers: { origin: 'https://sauce.example' } })
    assert.equal((await ask('/orders')).headers.get('ratelimit'), '"client";r=1;t=60')
    await ask('/')
    for (const path of ['/orders', '/', '/nowhere']) {
      const answer = await ask(path)
      assert.equal(answer.status, 429)
      assert.match(answer.headers.get('retry-after') ?? '', /^(60|59)$/)
      assert.equal(answer.headers.get('ratelimit-policy'), '"client";q=2;w=60')
      assert.equal(answer.headers.get('access-control-allow-origin'), 'https://sauce.example')
      assert.match(answer.headers.get('access-control-expose-headers') ?? '', /Retry-After.*RateLimit/)
      assert.equal(await codeIn(answer), 'rate-limited')
    }
    assert.equal(requests, 1)
  })

  it('still gets preflight answers, which are not counted', async () => {
    await using gateway = await startGateway({
      RATE_LIMIT_PER_MINUTE: '1',
      CORS_ORIGINS: 'https://sauce.example',
    })
    for (let i = 0; i < 3; i++)
      assert.equal((await fetch(`${gateway.url}/orders`, { method: 'OPTIONS' })).status, 204)
  })

  it('is identified by the address that a trusted proxy forwards, and by no other address', async () => {
    const statusesWith = async (env: Record<string, string>, claims: string[]) => {
      await using gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1', ...env })
      const statuses = []
      for (const it of claims) {
        const { status } = await fetch(gateway.url, { headers: { 'x-forwarded-for': it } })
        statuses.push(status)
      }
      return statuses
    }
    assert.deepEqual(await statusesWith({}, ['1.1.1.1', '2.2.2.2']), [200, 429])
    const one = { TRUSTED_PROXIES: '1' }
    assert.deepEqual(await statusesWith(one, ['1.1.1.1', '2.2.2.2']), [200, 200])
    assert.deepEqual(await statusesWith(one, ['3.3.3.3, 1.1.1.1', '4.4.4.4, 1.1.1.1']), [200, 429])
    assert.deepEqual(await statusesWith(one, ['nonsense', 'more of it']), [200, 429])
    const two = { TRUSTED_PROXIES: '2' }
    assert.deepEqual(await statusesWith(two, ['1.1.1.1, 9.9.9.9', '2.2.2.2, 9.9.9.9']), [200, 200])
  })
})

describe('a page of another origin', () => {
  const page = 'https://sauce.example'
  const preflightOf = async (env: Record<string, string>, origin: string) => {
    await using gateway = await startGateway({ CORS_ORIGINS: page, ...env })
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    }
    const { headers } = await fetch(`${gateway.url}/orders`, {
      method: 'OPTIONS',
      headers: { origin, ...asked },
    })
    return ['origin', 'credentials', 'headers'].map((name) => headers.get(`access-control-allow-${name}`))
  }

  it('may send credentials if it is named and they are allowed', async () => {
    assert.deepEqual(await preflightOf({ CORS_CREDENTIALS: 'on' }, page), [page, 'true', 'content-type'])
    assert.deepEqual(await preflightOf({}, page), [page, null, 'content-type'])
  })

  it('that is not named may not call, with or without credentials', async () => {
    const [origin] = await preflightOf({ CORS_CREDENTIALS: 'on' }, 'https://evil.example')
    assert.equal(origin, null)
  })
})

describe('a request that the edge policy refuses', () => {
  it('because of its method gets the allowed ones, of a service those that it names', async () => {
    const app = new Hono().get('/orders', (c) => c.text('')).post((c) => c.text(''))
    handleProblems(app, silentLog)
    await using order = await startUpstream(getRequestListener(app.fetch))
    await using gateway = await startGateway({ ORDER_URL: order.url })
    for (const [method, path, allowed] of [
      ['TRACE', '/orders', /^GET, HEAD, POST, OPTIONS$/],
      ['PROPFIND', '/orders', /^GET, HEAD, POST, OPTIONS$/],
      ['PUT', '/orders', /^GET, HEAD, POST, OPTIONS$/],
      ['TRACE', '/me', /^GET, HEAD, OPTIONS$/],
      ['POST', '/', /^GET, HEAD, OPTIONS$/],
    ] as const) {
      const { client, answer } = openConnection(gateway.url + path, { method })
      client.end()
      const { statusCode, headers } = await answer
      assert.equal(statusCode, 405, `${method} ${path}`)
      assert.match(String(headers.allow), allowed)
    }
  })

  it('because of its long URL is a problem', async () => {
    await using gateway = await startGateway({})
    const answer = await fetch(`${gateway.url}/orders?${'a'.repeat(9000)}`)
    assert.equal(answer.status, 414)
    assert.equal(await codeIn(answer), 'url-too-long')
  })
})

describe('a client that is slow', { timeout: 10_000 }, () => {
  it('to send its body gets 408, and its request does not reach the service whole', async () => {
    const { promise: gone, resolve } = deferred<boolean>()
    await using order = await startUpstream((request) => {
      request.resume().once('error', () => resolve(request.complete))
    })
    await using gateway = await startGateway({ ORDER_URL: order.url, REQUEST_TIMEOUT_MS: '300' })
    const head = 'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n'
    const { status, body } = parseAnswer(await answerTo(gateway.port, `${head}abc`))
    assert.deepEqual([status, JSON.parse(body).code], [408, 'request-timeout'])
    assert.equal(await gone, false)
  })

  it('to read its answer is disconnected', async () => {
    const { promise: gone, resolve } = deferred()
    await using order = await startUpstream((_, response) => {
      response.once('close', resolve)
      response.end(Buffer.alloc(64 * 1024 * 1024))
    })
    await using gateway = await startGateway({ ORDER_URL: order.url, CLIENT_IDLE_TIMEOUT_MS: '300' })
    const { client, answer } = openConnection(`${gateway.url}/orders`)
    client.end()
    const message = await answer
    await gone
    await assert.rejects(readText(message), /aborted/)
  })
})
