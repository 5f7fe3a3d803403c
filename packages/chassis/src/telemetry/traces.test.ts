import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import type { Log } from '@saucery/messaging/log'
import { eventually } from '@saucery/messaging/testing/eventually'
import { isTracing, traced } from '@saucery/messaging/traces/spans'
import { openTraces } from './traces.ts'

const loaded = () =>
  Object.keys(createRequire(import.meta.url).cache).filter((file) =>
    /@opentelemetry[/+](sdk|exporter|otlp)/.test(file),
  )

/** A receiver of OTLP that can be away, or hang. */
async function startReceiver() {
  const names: string[] = []
  const state = { mode: 'up' as 'up' | 'away' | 'hangs' }
  const server: Server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    if (state.mode === 'hangs') return
    if (state.mode === 'away') return response.writeHead(400).end()
    const { resourceSpans } = JSON.parse(text)
    for (const { scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans) names.push(...spans.map(({ name }: { name: string }) => name))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, names, state, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('traces', { timeout: 30_000 }, () => {
  const lines: string[] = []
  const note = (level: string) => (_: object, text: string) => void lines.push(`${level}: ${text}`)
  const log: Log = { debug: () => {}, info: note('info'), warn: note('warn'), error: note('error') }

  it('are off without an endpoint, and then the SDK is not loaded', async () => {
    const stop = await openTraces('order', {}, log)
    await stop()
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' } as const
    await openTraces('order', endpoint, log)
    assert.equal(isTracing(), false)
    assert.deepEqual(loaded(), [])
  })

  it('are sent in the background, with one line when they cannot be, and no wait for that at a stop', async () => {
    const { server, names, state, url } = await startReceiver()
    Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '20' })
    const stop = await openTraces('order', { OTEL_EXPORTER_OTLP_ENDPOINT: url }, log)
    assert.ok(loaded().length > 0, 'the SDK is loaded elsewhere: this test sees nothing')
    const work = (name: string) => traced(name, {}, async () => {})

    await work('first')
    await eventually(() => assert.deepEqual(names, ['first']))
    assert.deepEqual(lines, [])

    state.mode = 'away'
    for (const name of ['lost', 'lost too']) {
      await work(name)
      await eventually(() => assert.equal(lines.length, 1))
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    assert.deepEqual(lines, ['warn: spans cannot be sent, and are dropped'])
    state.mode = 'up'
    await work('again')
    await eventually(() => assert.deepEqual(names.slice(-1), ['again']))
    await eventually(() => assert.deepEqual(lines.slice(1), ['info: spans are sent again']))

    state.mode = 'hangs'
    await work('last')
    const since = performance.now()
    await stop()
    const tookMs = performance.now() - since
    assert.ok(tookMs < 4000, `the stop took ${tookMs} ms`)
    server.closeAllConnections()
    server.close()
  })
})
