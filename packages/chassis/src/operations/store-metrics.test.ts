import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Registry } from 'prom-client'
import { silentLog } from '../testing/log.ts'
import { measureStores } from './store-metrics.ts'

it('a store that does not answer is down, and its pool is still measured', async () => {
  const metrics = new Registry()
  const pool = () => ({ size: 10, open: 3, inUse: 2, waiting: 1 })
  const postgres = { isUp: () => new Promise<boolean>(() => {}), pool }
  const mongodb = { isUp: () => Promise.reject(new Error('away')) }
  measureStores(metrics, { postgres, mongodb, nats: { isUp: () => true } }, silentLog)
  const lines = (await metrics.metrics()).split('\n').filter((line) => /^store/.test(line))
  assert.deepEqual(lines, [
    'store_up{store="postgres"} 0',
    'store_up{store="mongodb"} 0',
    'store_up{store="nats"} 1',
    'store_pool_size{store="postgres"} 10',
    'store_pool_open{store="postgres"} 3',
    'store_pool_in_use{store="postgres"} 2',
    'store_pool_waiting{store="postgres"} 1',
  ])
})
