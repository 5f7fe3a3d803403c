import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, openClient } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import { eventually } from '@saucery/messaging/testing/eventually'
import { inList, lockRows } from '@saucery/messaging/testing/locked-rows'
import { violations } from '../model/violations.ts'
import { tryToPlace } from '../support/orders.ts'
import { runningSystem } from '../support/running-system.ts'
import { observe } from '../testing/observer.ts'

const lockedMs = 20_000
const everyMs = 40

/** The tables of the orders' states: an operator's open transaction locks ten rows of one after the other. */
const tables = {
  orders: 'orders where id',
  payments: 'payments where order_id',
  deliveries: 'deliveries where order_id',
}

/** Orders that are placed at an even pace, and cancelled at once. */
function placeEvenly(client: Client) {
  const answered: string[] = []
  const failed: unknown[] = []
  const tookMs: number[] = []
  let isOver = false
  async function one() {
    const begun = performance.now()
    try {
      const id = await tryToPlace(client)
      answered.push(id)
      await client.post('/orders/{id}/cancel', { path: { id } })
      tookMs.push(performance.now() - begun)
    } catch (error) {
      failed.push(error)
    }
  }
  const ended = (async () => {
    const calls: Promise<void>[] = []
    for (; !isOver; await delay(everyMs)) calls.push(one())
    await Promise.all(calls)
  })()
  return {
    async end() {
      isOver = true
      await ended
      return { answered, failed, tookMs: tookMs.toSorted((a, b) => a - b) }
    },
  }
}

type Placed = Awaited<ReturnType<ReturnType<typeof placeEvenly>['end']>>

const quantile = ({ tookMs }: Placed, share: number) => tookMs[Math.floor(tookMs.length * share)] ?? 0

describe('ten locked rows', { timeout: 400_000 }, () => {
  it('hold up no other order in any service, and lose nothing', async () => {
    await using system = await runningSystem()
    await using observer = await observe(system)
    const client = openClient({ url: system.urls.gateway, timeoutMs: 15_000, retry: {} })
    const all: string[] = []
    const placeFor = async (ms: number) => {
      const placing = placeEvenly(client)
      await delay(ms)
      const placed = await placing.end()
      assert.deepEqual(placed.failed, [])
      all.push(...placed.answered)
      return placed
    }
    // Pools, plans and caches warm up.
    await placeFor(2000)
    const usual = await placeFor(lockedMs / 2)
    for (const [store, rows] of Object.entries(tables)) {
      const ids = await Promise.all(Array.from({ length: 10 }, () => tryToPlace(client)))
      all.push(...ids)
      const path = (id: string) => ({ path: { id } })
      for (const id of ids)
        await eventually(async () =>
          assert.equal((await client.get('/orders/{id}', path(id))).status, 'DELIVERING'),
        )
      await using locked = await lockRows(
        system.databases[store as keyof typeof tables],
        `${rows} ${inList(ids)}`,
      )
      // Each is asked for again and again, as clients do.
      const busy: CallRefused[] = []
      const asking = ids.map(async (id) => {
        for (;;)
          try {
            return await client.post('/orders/{id}/cancel', path(id))
          } catch (error) {
            assert.ok(error instanceof CallRefused, String(error))
            assert.equal(error.code, 'resource-busy')
            busy.push(error)
          }
      })
      const placed = await placeFor(lockedMs)
      assert.ok(placed.answered.length > usual.answered.length, 'far fewer orders were placed')
      assert.ok(quantile(placed, 0.95) < 2 * quantile(usual, 0.95) + 500, 'orders waited')
      // Those placed meanwhile have all gone their way.
      await eventually(async () => {
        const open = (await observer.rows([])).orders.filter(({ orderId }) =>
          placed.answered.includes(orderId),
        )
        assert.deepEqual(new Set(open.map(({ status }) => status)), new Set(['CANCELLED']))
      })
      assert.equal(busy.length > 0, store === 'orders')
      await locked.release()
      await Promise.all(asking)
    }
    const rows = await eventually(async () => {
      await observer.atRest()
      return observer.rows(all)
    })
    assert.deepEqual(violations(rows), [])
    assert.equal(rows.deadLetters, 0)
    assert.deepEqual(new Set(rows.orders.map(({ status }) => status)), new Set(['CANCELLED']))
  })
})
