import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Hono } from 'hono'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { sharedResult } from '../async/shared-result.ts'

export type Metrics = Registry

/** The metrics of this process and of its HTTP answers; a service adds its own. */
export function openMetrics(): Metrics {
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })
  measureHttp(metrics)
  return metrics
}

/** `/metrics` in the format of Prometheus, at most a second old: some numbers cost the stores a query. */
export function metricsApi(metrics: Metrics): Hono {
  const scrape = sharedResult(
    () => metrics.metrics(),
    () => 1000,
  )
  return new Hono().get('/metrics', async (c) =>
    c.text(await scrape(), 200, { 'content-type': metrics.contentType }),
  )
}

const routes = new WeakMap<IncomingMessage, string>()

/** Names a request's route, once its app knows it: `/orders/{id}`, never the path, which is unbounded. */
export const noteRoute = (request: IncomingMessage, route: string) => void routes.set(request, route)

/** Of a request that no route answers. */
export const noRoute = 'none'

// From Node's own channel, because the gateway's proxied answers leave past its app.
function measureHttp(metrics: Metrics): void {
  const seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer; live feeds and waits last long on purpose',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 60],
    registers: [metrics],
  })
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const began = performance.now()
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : 'broken off'
      const labels = { method: String(request.method), route: routes.get(request) ?? noRoute, status }
      seconds.observe(labels, (performance.now() - began) / 1000)
    })
  })
}
