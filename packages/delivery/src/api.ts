import type { Log } from '@saucery/chassis/log'
import { type Problem, problemHandlers, storeUnavailable } from '@saucery/chassis/problem'
import { causeOf, idOf, notFound, pageOf, pageQuery, readQuery } from '@saucery/chassis/request'
import { itemId } from '@saucery/contracts/parts'
import { type Database, isDatabaseOutage } from '@saucery/messaging/database'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { complete, type Delivery, fail, Refused } from './domain.ts'
import type { CommitDelivery } from './reactions.ts'
import { findDelivery, listDeliveries } from './store.ts'

const listQuery = z.object({
  ...pageQuery,
  status: z.enum(['STARTED', 'COMPLETED', 'FAILED', 'CANCELLED']).optional(),
  branchId: itemId.optional(),
  orderId: z.uuid().optional(),
})

export interface DeliveryApi {
  readonly db: Database
  readonly commit: CommitDelivery
  readonly log: Log
}

export function deliveryApi({ db, commit, log }: DeliveryApi): Hono {
  const app = new Hono()
  const { onError, notFound: noRoute } = problemHandlers(log, problemOf)
  app.onError(onError)
  app.notFound(noRoute)

  async function change(c: Context, decide: (delivery: Delivery | undefined) => ReturnType<typeof complete>) {
    const { state, events } = await commit({ key: idOf(c), cause: causeOf(c), decide })
    if (events[0]) c.header('Event-Id', events[0].id)
    return c.json(state, 200)
  }

  app.post('/deliveries/:id/complete', (c) => change(c, complete))
  app.post('/deliveries/:id/fail', (c) => change(c, (delivery) => fail(delivery, 'undeliverable')))

  app.get('/deliveries', async (c) => {
    const { limit, cursor, ...filter } = readQuery(c, listQuery)
    const found = await listDeliveries(db, { ...filter, before: cursor, limit: limit + 1 })
    return c.json(pageOf(found, limit, (delivery) => delivery.orderId))
  })

  app.get('/deliveries/:id', async (c) => {
    const delivery = await findDelivery(db, idOf(c))
    if (!delivery) throw notFound()
    return c.json(delivery)
  })

  return app
}

const refusals: Record<Refused['code'], Problem> = {
  'delivery-not-found': { status: 404, code: 'not-found', title: 'There is no such delivery' },
  'delivery-already-final': {
    status: 409,
    code: 'delivery-already-final',
    title: 'The delivery is final: it arrived, failed or was cancelled',
  },
}

function problemOf(error: Error): Problem | undefined {
  if (error instanceof Refused) return refusals[error.code]
  return isDatabaseOutage(error) ? storeUnavailable : undefined
}
