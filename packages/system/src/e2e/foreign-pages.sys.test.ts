import assert from 'node:assert/strict'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { exampleOrderId } from '@saucery/contracts/fields'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'

const order = JSON.stringify({ branchId: 1, sauceId: 1, qty: 1, price: 1 })

async function ask(url: string, method: string, headers: OutgoingHttpHeaders) {
  const client = request(url, { method, headers: { 'content-type': 'application/json', ...headers } })
  client.end(method === 'POST' ? order : undefined)
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    client.once('error', reject).once('response', async (response) => {
      if (String(response.headers['content-type']).startsWith('text/event-stream'))
        return resolve({ status: response.statusCode, body: String(response.destroy()) })
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, body })
    })
  })
}

describe('a system without sign-in', { timeout: 120_000 }, () => {
  let system: RunningSystem
  before(async () => {
    system = await runningSystem()
  })
  after(() => system[Symbol.asyncDispose]())

  const calls = () => {
    const { gateway, order, payment, delivery, dashboard } = system.urls
    return [
      ['GET', `${order}/orders`],
      ['POST', `${order}/orders`],
      ['POST', `${order}/orders/${exampleOrderId}/cancel`],
      ['GET', `${payment}/payments`],
      ['GET', `${delivery}/deliveries`],
      ['POST', `${delivery}/deliveries/${exampleOrderId}/complete`],
      ['GET', `${dashboard}/orderDashboards`],
      ['GET', `${dashboard}/orderDashboards/live`],
      ...['/', '/orders', '/orderDashboards/live', '/me'].map((path) => ['GET', gateway + path] as const),
      ['POST', `${gateway}/orders`],
      ...Object.values(system.managementUrls).map((url) => ['GET', `${url}/metrics`] as const),
    ] as const
  }

  for (const [headers, code] of [
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 'foreign-origin'],
    [{ origin: 'null' }, 'foreign-origin'],
    [{ 'sec-fetch-site': 'cross-site' }, 'foreign-origin'],
    [{ host: 'evil.example', origin: 'http://evil.example' }, 'unknown-host'],
  ] as const)
    it(`refuses on every port a page with ${JSON.stringify(headers)}`, async () => {
      for (const [method, url] of calls()) {
        const { status, body } = await ask(url, method, headers)
        assert.equal(status, 403, `${method} ${url}`)
        assert.equal(JSON.parse(body).code, code)
      }
    })

  it('answers clients that are no browser, and its own page', async () => {
    for (const [method, url] of calls())
      assert.ok([200, 201, 404].includes((await ask(url, method, {})).status ?? 0), `${method} ${url}`)
    const { host, origin } = new URL(system.urls.gateway)
    for (const path of ['/orders', '/orderDashboards/live', '/'])
      assert.equal((await ask(system.urls.gateway + path, 'GET', { host, origin })).status, 200)
    assert.equal((await ask(`${system.urls.gateway}/orders`, 'POST', { host, origin })).status, 201)
  })
})
