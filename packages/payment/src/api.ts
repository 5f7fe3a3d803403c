import type { Log } from '@saucery/chassis/log'
import { problemHandlers, storeUnavailable } from '@saucery/chassis/problem'
import { idOf, notFound, pageOf, pageQuery, readQuery } from '@saucery/chassis/request'
import { itemId } from '@saucery/contracts/parts'
import { type Database, isDatabaseOutage } from '@saucery/messaging/database'
import { Hono } from 'hono'
import { z } from 'zod'
import { findPayment, listPayments } from './store.ts'

const listQuery = z.object({
  ...pageQuery,
  status: z.enum(['PENDING', 'APPROVED', 'DECLINED', 'VOIDED', 'REFUNDED']).optional(),
  branchId: itemId.optional(),
  orderId: z.uuid().optional(),
})

export function paymentApi({ db, log }: { db: Database; log: Log }): Hono {
  const app = new Hono()
  const { onError, notFound: noRoute } = problemHandlers(log, (error) =>
    isDatabaseOutage(error) ? storeUnavailable : undefined,
  )
  app.onError(onError)
  app.notFound(noRoute)

  app.get('/payments', async (c) => {
    const { limit, cursor, ...filter } = readQuery(c, listQuery)
    const payments = await listPayments(db, { ...filter, before: cursor, limit: limit + 1 })
    return c.json(pageOf(payments, limit, (payment) => payment.orderId))
  })

  app.get('/payments/:id', async (c) => {
    const payment = await findPayment(db, idOf(c))
    if (!payment) throw notFound()
    return c.json(payment)
  })

  return app
}
