import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { nameRoutes } from '../http/name-route.ts'
import { serve } from '../http/server.ts'
import { httpSettings, readSettings } from '../settings/settings.ts'
import { silentLog } from '../testing/log.ts'
import { metricsApi, openMetrics } from './metrics.ts'

const metrics = openMetrics()

describe('the metrics', () => {
  it('count and time every answer by method, route and status, and measure the process', async () => {
    const app = new Hono().use(nameRoutes()).get('/there/:id', (c) => c.text('here'))
    app.route('/', metricsApi(metrics))
    const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), silentLog)
    const url = `http://127.0.0.1:${http.port}`
    for (const path of ['/there/1', '/there/2', '/nowhere']) await (await fetch(url + path)).text()
    const answer = await fetch(`${url}/metrics`)
    assert.match(String(answer.headers.get('content-type')), /^text\/plain; version=0\.0\.4/)
    const lines = (await answer.text()).split('\n')
    assert.ok(
      lines.includes('http_request_duration_seconds_count{method="GET",route="/there/{id}",status="200"} 2'),
    )
    assert.ok(lines.includes('http_request_duration_seconds_count{method="GET",route="none",status="404"} 1'))
    assert.ok(lines.some((line) => line.startsWith('process_cpu_user_seconds_total ')))
    await http.close()
  })
})
