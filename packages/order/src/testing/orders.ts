import assert from 'node:assert/strict'
import { openWaitPlaces } from '@saucery/chassis/http/wait-places'
import { readSettings } from '@saucery/chassis/settings/settings'
import { eventKeySettings } from '@saucery/chassis/testing/keys'
import { testService } from '@saucery/chassis/testing/service'
import { Registry } from 'prom-client'
import { orderApi } from '../api.ts'
import type { Order } from '../domain.ts'
import { openBreaker } from '../payment-wait/breaker.ts'
import { openLateness } from '../payment-wait/lateness.ts'
import type { PaymentWaitSettings } from '../payment-wait/preferences.ts'
import { openWatches } from '../payment-wait/watch.ts'
import { reactions } from '../reactions.ts'
import { orderSettings } from '../settings.ts'
import { orderAggregate } from '../store.ts'

const migrations = new URL('../../migrations/', import.meta.url)

export const wanted = { branchId: 1, sauceId: 2, qty: 10, price: 10_000 }
export const amount = 100_000

const defaultSettings = readSettings(orderSettings, {
  PORT: '0',
  MANAGEMENT_PORT: '0',
  HOST: '127.0.0.1',
  AUTH: 'off',
  NATS_URL: 'x',
  POSTGRES_URL: 'postgres://x',
  ...eventKeySettings,
})

type Replica = Awaited<ReturnType<Awaited<ReturnType<typeof testService<Order, 'order'>>>['replica']>>

/** What `main` makes of one process's connections. */
export function assemble(
  replica: Replica,
  changed: Partial<PaymentWaitSettings> = {},
  { waits = 1000, ...watching }: { pollEveryMs?: number; waits?: number } = {},
) {
  const settings = { ...defaultSettings, ...changed }
  const breaker = openBreaker({ ...replica, settings, metrics: new Registry() })
  const watches = openWatches({ ...replica, ...watching })
  const waitPlaces = openWaitPlaces(waits)
  const lateness = openLateness(settings)
  const app = orderApi({ ...replica, watches, breaker, lateness, waitPlaces, settings })
  return { app, breaker, watches, waitPlaces }
}

/** The order service on servers of its own. */
export async function testOrders() {
  const service = await testService('order', migrations, orderAggregate)
  const { app } = assemble(service)
  const postOrder = (body: unknown) =>
    app.request('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    ...service,
    app,
    handle: reactions(service),
    postOrder,
    async place(changed: object = {}): Promise<Order> {
      const response = await postOrder({ ...wanted, ...changed })
      assert.equal(response.status, 201)
      return (await response.json()) as Order
    },
  }
}
