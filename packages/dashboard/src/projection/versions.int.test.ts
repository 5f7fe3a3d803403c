import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf } from '@saucery/contracts/projection-durables'
import { eventually } from '@saucery/messaging/testing/eventually'
import { collectionOf, type ProjectionRecord } from '../store/projection-registry.ts'
import { gate, projectionStreams } from '../testing/projection-scene.ts'

const streams = await projectionStreams(200)
after(streams[Symbol.asyncDispose])

interface ShownOrder {
  readonly orderId: string
  readonly timeline: readonly unknown[]
  /** Only a later version has it. */
  readonly builtBy?: number
}

async function got<T>(url: string): Promise<T> {
  const response = await fetch(url)
  assert.equal(response.status, 200)
  return (await response.json()) as T
}

describe('a version of the projection', () => {
  it('is built beside the old one, through a crash, while every read is answered from complete documents', async () => {
    await using at = await streams.scene()
    const old = await at.start(1)
    await at.untilReady(1)
    const known = [...streams.orderIds]

    const crashing = at.startProcess(2)
    await eventually(async () => assert.ok((await at.countOf(2)) > 0, 'nothing is built'), 60_000)
    await crashing.kill()
    assert.equal(await at.stateOf(2), 'building')

    // Few in flight: there is time to read.
    const next = await at.start(2, { maxAckPending: 50 })
    assert.equal(next.views.servedVersion(), 1)
    let reads = 0
    const served = new Set<unknown>()
    const reading = new AbortController()
    const servers = [await at.open(old.views), await at.open(next.views)] as const
    const reader = (async () => {
      while (!reading.signal.aborted)
        for (const url of servers) {
          const orderId = known[reads % known.length] ?? ''
          const { builtBy, timeline } = await got<ShownOrder>(`${url}/${orderId}`)
          assert.equal(timeline.length, 11, `${orderId} is not complete`)
          // An odd number, so that both are read.
          if (reads % 11 === 0)
            assert.equal((await got<{ items: ShownOrder[] }>(`${url}?limit=200`)).items.length, 200)
          if (url === servers[1]) served.add(builtBy)
          else assert.equal(builtBy, undefined)
          reads += 1
        }
    })()
    // The old process goes on, and shows new orders at once.
    const [late = ''] = await streams.publishOrders(1)
    await eventually(async () => assert.equal((await old.views.find(late))?.timeline.length, 11))
    await at.untilReady(2)
    await eventually(() => assert.equal(next.views.servedVersion(), 2))
    await eventually(() => assert.deepEqual([...served], [undefined, 2]))
    reading.abort()
    await reader
    assert.equal(old.views.servedVersion(), 1)
    await at.assertComplete(1)
    await at.assertComplete(2)

    await next.stop()
    const back = await at.start(1)
    assert.equal(back.views.servedVersion(), 1)
  })

  it('is dropped with its consumers when a newer one was ready long enough, and can be rolled back to', async () => {
    await using at = await streams.scene()
    const first = await at.start(1)
    await at.untilReady(1)
    await first.stop()
    await at.start(2, { keepMs: 0 })
    await at.untilReady(2)
    await eventually(async () => assert.equal(await at.stateOf(1), undefined))
    const collections = (await at.db.listCollections().toArray()).map(({ name }) => name)
    assert.ok(!collections.includes(collectionOf(1)), collections.join())
    for (const { stream } of subscriptionsOf('dashboard'))
      await assert.rejects(streams.broker.jsm.consumers.info(stream, durableOf(1)))
    await at.start(1)
    await at.untilReady(1)
    await at.assertComplete(1)
  })

  it('stays while a process of it runs, which reads it', async () => {
    await using at = await streams.scene()
    const old = await at.start(1)
    await at.untilReady(1)
    await at.start(2, { keepMs: 0 })
    await at.untilReady(2)
    const { readyAt } = (await at.db.collection<ProjectionRecord>('projections').findOne({ _id: 2 })) ?? {}
    await eventually(() => assert.ok(Date.now() - Number(readyAt) > 8000, 'it would be dropped now'), 20_000)
    await at.assertComplete(1)
    assert.equal(await at.stateOf(1), 'ready')
    await old.stop()
    await eventually(async () => assert.equal(await at.stateOf(1), undefined), 20_000)
  })

  it('reads a newer one, computing its own view of it, while it is built again after it was dropped', async () => {
    await using at = await streams.scene()
    const first = await at.start(1)
    await at.untilReady(1)
    await first.stop()
    const second = await at.start(2, { keepMs: 0 })
    await at.untilReady(2)
    await eventually(async () => assert.equal(await at.stateOf(1), undefined), 20_000)
    await second.stop()
    const known = [...streams.orderIds]
    using gateOpened = gate()
    const back = await at.start(1, { hold: () => gateOpened.opened })
    const url = await at.open(back.views)
    await eventually(() => assert.equal(back.projection.progress().remaining, 11 * known.length))
    assert.equal(back.projection.progress().serving, 2)
    for (const view of [
      await got<ShownOrder>(`${url}/${known[0]}`),
      ...(await got<{ items: ShownOrder[] }>(`${url}?limit=200`)).items,
    ])
      assert.deepEqual([view.timeline.length, view.builtBy], [11, undefined])
    gateOpened.open()
    await at.untilReady(1)
    await eventually(() => assert.equal(back.views.servedVersion(), 1))
    await at.assertComplete(1)
  })
})
