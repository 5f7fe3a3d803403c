import assert from 'node:assert/strict'
import { testService } from '@saucery/chassis/testing/service'
import { orderApi } from './api.ts'
import type { Order } from './domain.ts'
import { reactions } from './reactions.ts'
import { orderAggregate } from './store.ts'

const migrations = new URL('../migrations/', import.meta.url)

export const wanted = { branchId: 1, sauceId: 2, qty: 10, price: 10_000 }
export const amount = 100_000

/** The order service on servers of its own. */
export async function testOrders() {
  const service = await testService('order', migrations, orderAggregate)
  const app = orderApi(service)
  const postOrder = (body: unknown) =>
    app.request('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...service,
    app,
    hear: reactions(service.commit),
    postOrder,
    async place(changed: object = {}): Promise<Order> {
      const response = await postOrder({ ...wanted, ...changed })
      assert.equal(response.status, 201)
      return (await response.json()) as Order
    },
  }
}
