import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { consumingServices } from '@saucery/contracts/choreography'
import { reference } from '../docs/reference.ts'
import { openApiDocument, openApiFile, openApiJson } from './openapi.ts'

type Operation = { operationId?: string; responses: Record<string, object>; requestBody?: unknown }

const services = consumingServices
const document = openApiDocument()
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    ...operation,
  })),
)

describe('the OpenAPI document', () => {
  it('is up to date', () => {
    const kept = readFileSync(openApiFile, 'utf8')
    assert.equal(kept, openApiJson(), 'run: pnpm --filter @saucery/gateway documents')
  })

  it('has every call', () => {
    const expected = [
      'GET /deliveries',
      'GET /deliveries/{id}',
      'GET /drills',
      'GET /me',
      'GET /operations',
      ...services.flatMap((it) => [
        `GET /operations/${it}`,
        `GET /operations/${it}/actions`,
        `GET /operations/${it}/dead-letters`,
        `GET /operations/${it}/dead-letters/groups`,
        `GET /operations/${it}/dead-letters/{letter}/message`,
        ...(it === 'dashboard' ? [] : [`GET /operations/${it}/events/{eventId}`]),
        `GET /operations/${it}/jobs`,
        `GET /operations/${it}/jobs/{jobId}`,
        ...(it === 'dashboard' ? [`GET /operations/${it}/lag-of-others`] : []),
        ...(it === 'dashboard' ? [`GET /operations/${it}/events`] : []),
        `GET /operations/${it}/orders/{id}`,
      ]),
      'GET /operations/orders/{id}',
      'GET /operations/orders/{orderId}/traces',
      'GET /operations/traces/{traceId}',
      'GET /orderDashboards',
      'GET /orderDashboards/live',
      'GET /orderDashboards/statistics',
      'GET /orderDashboards/{id}',
      'GET /orders',
      'GET /orders/{id}',
      'GET /payments',
      'GET /payments/{id}',
      'POST /deliveries/{id}/complete',
      'POST /deliveries/{id}/fail',
      'POST /operations/drills',
      'POST /operations/drills/{drillId}/end',
      ...services.flatMap((it) => [
        `POST /operations/${it}/dead-letters/discards`,
        `POST /operations/${it}/dead-letters/retries`,
        `POST /operations/${it}/dead-letters/{letter}/discard`,
        `POST /operations/${it}/dead-letters/{sequence}/send-back`,
        `POST /operations/${it}/jobs/{jobId}/cancel`,
        ...(it === 'dashboard' ? [`POST /operations/${it}/rebuild`] : []),
        `POST /operations/${it}/reconcile`,
      ]),
      'POST /orders',
      'POST /orders/{id}/cancel',
    ]
    const found = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    assert.deepEqual(new Set(found), new Set(expected))
    assert.equal(found.length, expected.length)
  })

  it('names each call once, with the problems that the gateway adds', () => {
    const ofTheGateway = /^\/(me|drills|operations|operations\/drills.*|operations\/orders\/\{id\})$/
    const names = operations.map(({ operationId }) => operationId)
    assert.equal(new Set(names).size, names.length)
    for (const { path, responses } of operations)
      for (const status of ['401', '403', '429', ...(ofTheGateway.test(path) ? [] : ['502']), '503'])
        assert.ok(status in responses, `${path} ${status}`)
  })

  it('shows an example order that can be placed unchanged', () => {
    const request = document.components?.schemas?.OrderRequest as { example?: unknown } | undefined
    assert.deepEqual(request?.example, {
      branchId: '1',
      sauceId: '1',
      qty: 10,
      price: 10_000,
    })
  })
})

describe('the API reference', () => {
  const app = reference()
  for (const [path, type] of [
    ['/openapi.json', 'application/json'],
    ['/asyncapi.json', 'application/json'],
    ['/events', 'text/html'],
    ['/events/events.css', 'text/css'],
    ['/events/events.js', 'text/javascript'],
    ['/docs', 'text/html'],
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript'],
    ['/docs/start.js', 'text/javascript'],
  ] as const)
    it(`serves ${path}`, async () => {
      const response = await app.request(path)
      assert.equal(response.status, 200)
      assert.ok(response.headers.get('content-type')?.startsWith(type))
      const text = await response.text()
      if (type === 'application/json') assert.ok('info' in JSON.parse(text))
    })

  it('is compressed for a client that accepts it', async () => {
    for (const path of ['/openapi.json', '/events', '/docs/swagger-ui-bundle.js']) {
      const { headers } = await app.request(path, { headers: { 'accept-encoding': 'gzip' } })
      assert.equal(headers.get('content-encoding'), 'gzip')
      assert.match(headers.get('vary') ?? '', /accept-encoding/i)
    }
  })

  it('loads nothing from other hosts', async () => {
    const response = await app.request('/docs')
    assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'self';/)
    assert.doesNotMatch(await response.text(), /https?:/)
  })
})
