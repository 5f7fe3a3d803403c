import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { stamped } from '@saucery/chassis/testing/events'
import { readProblem } from '@saucery/chassis/testing/http'
import { v4 as uuidv4 } from 'uuid'
import type { CommitOrder } from '../store.ts'
import { assemble } from '../testing/orders.ts'
import { approvalOf, neverOpen, testPaymentWait } from '../testing/payment-wait.ts'

const service = await testPaymentWait()
after(() => service[Symbol.asyncDispose]())
const { answerTo, app, commit, db, nats, newest, post, publishedOf } = service

/** Places an order in a process that crashes before it answers, and waits no longer for the answer. */
async function placedWithoutAnswer(branchId: string, prefer: string, key: string): Promise<string> {
  const commitAndCrash: CommitOrder = async (change) => {
    await commit(change)
    throw new Error('the process crashed')
  }
  const crashing = assemble({ ...service, commit: commitAndCrash }, neverOpen)
  assert.equal((await post(branchId, prefer, crashing.app, key)).status, 500)
  await db.execute(`update requests set leased_until = now() - interval '1 second' where key = '${key}'`)
  return String((await newest(branchId))?.id)
}

describe('a request that is repeated because its process crashed while it waited', () => {
  it('waits for the payment of the order that the first request placed', async () => {
    const [prefer, key] = ['wait=20, handling=strict', uuidv4()]
    const placed = await placedWithoutAnswer('watched', prefer, key)
    let isAnswered = false
    const asking = answerTo('watched', prefer, app, key).finally(() => {
      isAnswered = true
    })
    // A wait that does not watch the found order would end at once, and cancel it.
    await delay(1000)
    assert.equal(isAnswered, false)
    // Again and again, because the watch begins at a moment that the test cannot see.
    while (!isAnswered) {
      await nats.publish(stamped(approvalOf(placed)))
      await delay(50)
    }
    const { id, order, status, took } = await asking
    assert.deepEqual([status, order.id, order.status, id], [201, placed, 'PAID', placed])
    assert.ok(took < 10_000, `${took} ms`)
  })

  it('cancels the order that the first request placed when no payment comes', async () => {
    const [prefer, key] = ['wait=1, handling=strict', uuidv4()]
    const placed = await placedWithoutAnswer('given-up', prefer, key)
    const again = await post('given-up', prefer, app, key)
    assert.equal((await readProblem(again)).code, 'payment-timeout')
    assert.deepEqual(await publishedOf(placed), ['OrderCancelled', 'OrderPlaced'])
  })
})
