import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { answerTo, parseAnswer } from '../testing/raw.ts'
import { serve } from './server.ts'

const answerOf = async (path: string) => {
  const app = new Hono().all('*', (c) => c.text(c.req.path))
  const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), silentLog)
  const answer = await answerTo(http.port, `GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
  await http.close()
  return parseAnswer(answer)
}

describe('a path', () => {
  for (const path of [
    '/orders/../metrics',
    '/orders/..',
    '/./orders',
    '/orders/.?a=b',
    '/orders/%2e%2E/metrics',
    '/orders/.%2e/metrics',
    '/orders/%252e%252e/metrics',
    '/orders/..%2fmetrics',
    '/orders%2F..%5cmetrics',
    '/orders\\..\\metrics',
    'http://here/orders/../metrics',
  ])
    it(`is refused with a dot segment: ${path}`, async () => {
      const { status, body } = await answerOf(path)
      assert.equal(status, 400, body)
      assert.equal(JSON.parse(body).code, 'malformed-request')
    })

  for (const path of ['/orders/...', '/.well-known/x', '/orders/a..b', '/orders/a%2fb', '/orders?since=/../'])
    it(`is not refused for its dots: ${path}`, async () => {
      assert.equal((await answerOf(path)).status, 200)
    })
})
