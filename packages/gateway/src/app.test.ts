import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readProblem } from '@saucery/chassis/testing/http'
import { prefixes } from './proxy/upstreams.ts'
import { openConnection, readText, startGateway, startUpstream } from './testing/gateway.ts'

const answering = (name: string) =>
  startUpstream((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name, method: request.method, url: request.url }))
  })

describe('the routes', () => {
  it('lead each path to its service, with path and query unchanged', async () => {
    await using order = await answering('order')
    await using payment = await answering('payment')
    await using delivery = await answering('delivery')
    await using dashboard = await answering('dashboard')
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      PAYMENT_URL: payment.url,
      DELIVERY_URL: delivery.url,
      DASHBOARD_URL: dashboard.url,
    })
    for (const [method, url, name] of [
      ['GET', '/orders', 'order'],
      ['POST', '/orders', 'order'],
      ['POST', '/orders/1/cancel?why=%2Fx%20y&why=b+c', 'order'],
      ['PUT', '/payments/1', 'payment'],
      ['PATCH', '/deliveries/%EC%86%8C%EC%8A%A4/a%2Fb', 'delivery'],
      ['DELETE', "/orderDashboards/live?q='%22", 'dashboard'],
      ['GET', '/operations/order', 'order'],
      ['GET', '/operations/payment/dead-letters?limit=1', 'payment'],
      ['POST', '/operations/delivery/dead-letters/1/send-back', 'delivery'],
      ['GET', '/operations/dashboard', 'dashboard'],
    ] as const) {
      const { client, answer } = openConnection(gateway.url, { path: url, method })
      client.end()
      assert.deepEqual(JSON.parse(await readText(await answer)), { name, method, url })
    }
  })

  it('use the path of an absolute URL, and not its host', async () => {
    await using order = await answering('order')
    await using gateway = await startGateway({ ORDER_URL: order.url })
    const { client, answer } = openConnection(gateway.url, { path: 'http://evil.example/orders/1?a=b' })
    client.end()
    const { name, url } = JSON.parse(await readText(await answer))
    assert.deepEqual([name, url], ['order', '/orders/1?a=b'])
  })

  it('do not match a path that only begins with the same letters', async () => {
    await using order = await answering('order')
    await using gateway = await startGateway({ ORDER_URL: order.url })
    for (const path of ['/ordersX', '/order', '/nowhere', '/operationsX', '/operations/orders']) {
      const answer = await fetch(gateway.url + path)
      assert.equal(answer.status, 404)
      assert.equal(answer.headers.get('content-type'), 'application/problem+json')
      assert.equal(((await answer.json()) as { code: string }).code, 'no-such-route')
    }
  })

  it('are listed at the root', async () => {
    await using gateway = await startGateway({})
    const index = (await (await fetch(gateway.url)).json()) as { routes: object }
    assert.deepEqual(index.routes, prefixes)
  })
})

describe('pages of other origins', () => {
  const origin = 'https://sauce.example'

  it('get a preflight answer without a request to the service', async () => {
    let requests = 0
    await using order = await startUpstream((_, response) => {
      requests++
      response.end()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url, CORS_ORIGINS: origin })
    const answer = await fetch(`${gateway.url}/orders`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,prefer',
      },
    })
    assert.equal(answer.status, 204)
    assert.equal(answer.headers.get('access-control-allow-origin'), origin)
    assert.match(answer.headers.get('access-control-allow-methods') ?? '', /POST/)
    assert.equal(answer.headers.get('access-control-allow-headers'), 'content-type,prefer')
    assert.equal(requests, 0)
  })

  it('may read answers and problems, and the headers that they need', async () => {
    await using order = await answering('order')
    await using gateway = await startGateway({ ORDER_URL: order.url, CORS_ORIGINS: origin })
    for (const path of ['/orders', '/payments', '/nowhere', '/']) {
      const { headers } = await fetch(gateway.url + path, { headers: { origin } })
      assert.equal(headers.get('access-control-allow-origin'), origin, path)
      assert.match(
        headers.get('access-control-expose-headers') ?? '',
        /^Location,ETag,Event-Id,Idempotent-Replayed,Preference-Applied,Link,Retry-After,/,
      )
    }
  })

  it('must be on the list in `CORS_ORIGINS`', async () => {
    await using order = await startUpstream((_, response) => response.setHeader('vary', 'Accept').end())
    await using gateway = await startGateway({
      ORDER_URL: order.url,
      CORS_ORIGINS: `https://a.example, ${origin}`,
    })
    const listed = await fetch(`${gateway.url}/orders`, { headers: { origin } })
    assert.equal(listed.headers.get('access-control-allow-origin'), origin)
    assert.equal(listed.headers.get('vary'), 'Accept, Origin')
    const other = await fetch(`${gateway.url}/orders`, { headers: { origin: 'https://b.example' } })
    assert.equal(other.headers.get('access-control-allow-origin'), null)
    assert.equal((await readProblem(other)).code, 'foreign-origin')
  })

  it('may not call a gateway without sign-in by default, nor by a name that is not its own', async () => {
    let requests = 0
    await using order = await startUpstream((_, response) => {
      requests++
      response.end()
    })
    await using gateway = await startGateway({ ORDER_URL: order.url })
    for (const path of ['/orders', '/', '/me', '/docs', '/openapi.json'])
      for (const [headers, code] of [
        [{ origin }, 'foreign-origin'],
        [{ 'sec-fetch-site': 'cross-site' }, 'foreign-origin'],
        [{ host: 'evil.example' }, 'unknown-host'],
      ] as const) {
        const { client, answer } = openConnection(gateway.url + path, { headers })
        client.end()
        const refused = await answer
        assert.equal(refused.statusCode, 403, path)
        assert.equal(JSON.parse(await readText(refused)).code, code)
        assert.equal(refused.headers['access-control-allow-origin'], undefined)
      }
    assert.equal(requests, 0)
    const own = await fetch(`${gateway.url}/orders`, { headers: { origin: gateway.url } })
    assert.deepEqual([own.status, requests], [200, 1])
  })
})
