import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { received } from '@saucery/chassis/testing/events'
import { OrderPlaced } from '@saucery/contracts/order'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import { findPayment } from '../store.ts'
import { breakable, fast, testPayments, whileAsking } from '../testing/payments.ts'

const service = await testPayments()
after(() => service[Symbol.asyncDispose]())
const { askDue, books, db, otherReplica } = service

/** Moves the timers of a payment two hours on, as they stand when the clock is set back by that. */
const setBack = (orderId: string) =>
  db.execute(`update payments set next_attempt_at = next_attempt_at + interval '2 h',
    asking_since = asking_since + interval '2 h' where order_id = '${orderId}'`)

/** A payment that has not reached the provider, with `attempts` calls, when the database's clock is set back. */
async function unanswered(attempts: number, settings = fast) {
  const orderId = uuidv7()
  const broken = breakable('away')
  const replica = await otherReplica({ ...broken, settings })
  await replica.handle(
    received(OrderPlaced({ orderId, branchId: '1', sauceId: '2', qty: 1, price: 3000, amount: 3000 })),
  )
  await db.execute(`update payments set attempts = ${attempts} where order_id = '${orderId}'`)
  await setBack(orderId)
  const is = async (status: string) => assert.equal((await findPayment(db, orderId))?.status, status)
  return { orderId, broken, replica, is }
}

describe('a payment when the clock of the database was set back', () => {
  for (const [attempts, whose] of [
    [3, 'it was asked before'],
    [0, 'its replica died during the first call'],
  ] as const)
    it(`is asked again though the time of its next call is far off: ${whose}`, async () => {
      const { orderId, is } = await unanswered(attempts)
      await askDue()
      await is('APPROVED')
      assert.deepEqual((await books())[orderId], { amount: 3000, declined: null, refunds: 0 })
    })

  it('is given up though its charge seems to have begun in the future', async () => {
    const { replica, is } = await unanswered(3, { ...fast, CHARGE_DEADLINE_MS: 300 })
    await whileAsking([replica], () => eventually(() => is('VOID_PENDING')))
  })

  it('waits for its next call as long as another replica may ask for', async () => {
    const { orderId, is } = await unanswered(3)
    await db.execute(
      `update payments set next_attempt_at = now() + interval '55 s' where order_id = '${orderId}'`,
    )
    await askDue()
    await is('PENDING')
  })
})
