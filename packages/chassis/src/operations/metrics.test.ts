import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Registry } from 'prom-client'
import { metricsApi } from '../telemetry/metrics.ts'
import { silentLog } from '../testing/log.ts'
import { measureOperations } from './metrics.ts'
import type { OperatedService } from './operated.ts'

const lag = [{ stream: 'ORDERS', durable: 'payment', pending: 3, ackPending: 2, redelivered: 0 }]

async function scraped(operated: Partial<OperatedService>, isConnected = true): Promise<string[]> {
  const metrics = new Registry()
  const broker = { isConnected: () => isConnected } as OperatedService['broker']
  const catalog = { count: () => Promise.reject(new Error('away')) }
  const service = 'payment'
  const all = { service, broker, lag: async () => lag, catalog, ...operated }
  measureOperations(metrics, all as OperatedService, silentLog)
  const scrape = async () => {
    const response = await metricsApi(metrics).request('/metrics')
    assert.equal(response.status, 200)
    return (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  }
  await scrape()
  return scrape()
}

const consumers = ['consumer_pending{stream="ORDERS"} 3', 'consumer_ack_pending{stream="ORDERS"} 2']
const outbox = ['outbox_unpublished 7', 'outbox_oldest_seconds 1.5']
const backlog = async () => ({ unpublished: 7, oldestMs: 1500 })

describe('the metrics for operators', () => {
  it('are read at each scrape, the lag once for all gauges', async () => {
    let times = 0
    const counted = async () => {
      times++
      return lag
    }
    assert.deepEqual(await scraped({ lag: counted, backlog }), [...consumers, ...outbox])
    assert.equal(times, 2)
  })

  it('are left out when they cannot be read, without the others', async () => {
    const fails = () => Promise.reject(new Error('away'))
    assert.deepEqual(await scraped({ lag: fails, backlog }), outbox)
    assert.deepEqual(await scraped({ backlog: fails }), consumers)
    assert.deepEqual(await scraped({ backlog }, false), outbox)
    let isFirst = true
    const failsLater = async () => {
      if (!isFirst) throw new Error('away')
      isFirst = false
      return { unpublished: 7, oldestMs: 1 }
    }
    assert.deepEqual(await scraped({ backlog: failsLater }), consumers)
  })

  it('never clamp the age of the oldest event, and tell that the broker stores nothing', async () => {
    const fails = () => Promise.reject(new Error('away'))
    const ahead = async () => ({ unpublished: 1, oldestMs: -250 })
    assert.deepEqual(await scraped({ lag: fails, backlog: ahead, publishing: () => 'stalled' }), [
      'outbox_unpublished 1',
      'outbox_oldest_seconds -0.25',
      'outbox_stalled 1',
    ])
  })

  it('are left out when they take longer than a scrape can wait', async () => {
    const never = new Promise<never>(() => {})
    assert.deepEqual(await scraped({ lag: () => never, backlog }), outbox)
  })
})
