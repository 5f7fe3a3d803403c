import assert from 'node:assert/strict'
import { stamped } from '@saucery/chassis/testing/events'
import { getJson } from '@saucery/chassis/testing/http'
import { subscriptionsOf } from '@saucery/contracts/choreography'
import { PaymentApproved, PaymentDeclined, PaymentVoided } from '@saucery/contracts/payment'
import { keyOf } from '@saucery/messaging/events/event'
import { eventually } from '@saucery/messaging/testing/eventually'
import type { Order } from '../domain.ts'
import { reactions } from '../reactions.ts'
import { amount, assemble, testOrders, wanted } from './orders.ts'

/** Keeps the breaker closed. */
export const neverOpen = { PAYMENT_BREAKER_VOLUME: 1_000_000 }

const charge = (id: string) => ({ orderId: id, branchId: 'any', sauceId: '2', qty: 10, amount })
export const approvalOf = (id: string) => PaymentApproved(charge(id))
const decisions = {
  approved: approvalOf,
  declined: (id: string) => PaymentDeclined({ orderId: id, amount, reason: 'limit-exceeded' }),
  voided: (id: string) => PaymentVoided({ orderId: id }),
}

const idIn = (response: Response) => String(response.headers.get('location')).slice('/orders/'.length)

/** The order service with a stand-in for payment, for requests that wait: the branch id says what payment decides. */
export async function testPaymentWait() {
  const service = await testOrders()
  // Only the core subscription can end a wait.
  const { app } = assemble(service, neverOpen, { pollEveryMs: 60_000 })
  const { nats, replica } = service

  // The events go to another replica than the one that waits.
  const other = await replica()
  other.participant.consume(subscriptionsOf('order'), reactions(other))
  await eventually(() => assert.equal(other.participant.isReady(), true))
  nats.broker.connection.subscribe('orders.placed.*', {
    callback(_error, message) {
      const decision = decisions[message.json<Order>().branchId as keyof typeof decisions]
      if (decision) void nats.publish(stamped(decision(keyOf(message.subject))))
    },
  })
  await nats.broker.connection.flush()

  const post = (branchId: string, prefer?: string, at = app, key?: string) =>
    at.request('/orders', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(prefer && { prefer }),
        ...(key && { 'idempotency-key': key }),
      },
      body: JSON.stringify({ ...wanted, branchId }),
    })

  async function answerTo(...request: Parameters<typeof post>) {
    const began = performance.now()
    const response = await post(...request)
    const took = performance.now() - began
    const order = (await response.clone().json()) as Order
    const applied = response.headers.get('preference-applied')
    return { response, id: idIn(response), status: response.status, order, applied, took }
  }

  return {
    ...service,
    app,
    post,
    answerTo,
    /** The quickest of a few: a busy machine may be slow, but not every time. */
    async quickestAnswerTo(...request: Parameters<typeof post>) {
      const answers: Awaited<ReturnType<typeof answerTo>>[] = []
      for (let i = 0; i < 4; i++) answers.push(await answerTo(...request))
      return answers.reduce((quickest, answer) => (answer.took < quickest.took ? answer : quickest))
    },
    async approveNewest(branchId: string): Promise<void> {
      const { items } = await getJson<{ items: Order[] }>(app, `/orders?branchId=${branchId}&limit=1`)
      await nats.publish(stamped(approvalOf(String(items[0]?.id))))
    },
    /** The branch's newest order. */
    newest: async (branchId: string) =>
      (await getJson<{ items: Order[] }>(app, `/orders?branchId=${branchId}&limit=1`)).items[0],
  }
}
