import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '@saucery/chassis/http/server'
import { httpSettings, readSettings } from '@saucery/chassis/settings/settings'
import { received, stamped } from '@saucery/chassis/testing/events'
import { getJson } from '@saucery/chassis/testing/http'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Order } from '../domain.ts'
import { assemble, wanted } from '../testing/orders.ts'
import { approvalOf, neverOpen, testPaymentWait } from '../testing/payment-wait.ts'

const service = await testPaymentWait()
after(() => service[Symbol.asyncDispose]())
const { answerTo, app, handle, nats, newest, publishedOf, replica } = service

describe('an order whose event the core subscription misses', () => {
  /** Handles the approval as another replica would, without the broker. */
  const handledElsewhere = async (branchId: string) => {
    const order = await eventually(async () => {
      const found = await newest(branchId)
      // Not assert.ok: on a failure it parses this file, which takes longer than the wait.
      assert.notEqual(found, undefined)
      return found
    })
    await handle(received(approvalOf(String(order?.id))))
  }

  it('is answered though the core subscription missed its event', async () => {
    const { app: polling } = assemble(await replica(), neverOpen, { pollEveryMs: 50 })
    const asking = answerTo('polled', 'wait=20, handling=strict', polling)
    await handledElsewhere('polled')
    const { status, order, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took < 10_000)
  })

  it('is not cancelled at the end of the wait', async () => {
    const { app: blind } = assemble(await replica(), neverOpen, { pollEveryMs: 60_000 })
    const asking = answerTo('unseen', 'wait=1, handling=strict', blind)
    await handledElsewhere('unseen')
    const { status, order, id, took } = await asking
    assert.deepEqual([status, order.status], [201, 'PAID'])
    assert.ok(took > 850)
    assert.deepEqual(await publishedOf(id), ['OrderPlaced'])
  })
})

describe('an order whose event comes at the end of the wait', () => {
  it('is either paid or cancelled, and the answer says which', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const branchId = `edge-${i}`
        const asking = answerTo(branchId, 'wait=1, handling=strict')
        await delay(860 + i)
        const order = await newest(branchId)
        if (order) await nats.publish(stamped(approvalOf(order.id)))
        return asking
      }),
    )
    for (const { id, status } of answers) {
      const published = status === 201 ? ['OrderPlaced'] : ['OrderCancelled', 'OrderPlaced']
      assert.deepEqual(await publishedOf(id), published)
    }
  })
})

describe('a wait', () => {
  it('goes on when the client leaves', async () => {
    const http = await serve(app, readSettings(httpSettings, { HOST: '127.0.0.1', PORT: '0' }), service.log)
    const client = new AbortController()
    const asking = fetch(`http://127.0.0.1:${http.port}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=1, handling=strict' },
      body: JSON.stringify({ ...wanted, branchId: 'left' }),
      signal: client.signal,
    })
    const order = await eventually(async () => {
      const found = await newest('left')
      assert.notEqual(found, undefined)
      return found
    })
    client.abort()
    await assert.rejects(asking)
    assert.equal(order?.status, 'PLACED')
    await eventually(async () =>
      assert.deepEqual(await publishedOf(String(order?.id)), ['OrderCancelled', 'OrderPlaced']),
    )
    await http.close()
  })

  it('ends at once when the service stops, as if the time were up', async () => {
    const stopping = assemble(await replica(), neverOpen)
    const asking = [
      answerTo('stopped', 'wait=30, handling=strict', stopping.app),
      answerTo('stopped', 'wait=30', stopping.app),
    ]
    await eventually(async () =>
      assert.equal((await getJson<{ items: Order[] }>(app, '/orders?branchId=stopped')).items.length, 2),
    )
    stopping.watches.end()
    assert.deepEqual(
      (await Promise.all(asking)).map(({ status }) => status),
      [503, 202],
    )
  })
})
