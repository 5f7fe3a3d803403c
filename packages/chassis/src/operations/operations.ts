import { type Broker, isBrokerOutage } from '@saucery/messaging/nats/connection'
import { authorize } from '../auth/authorize.ts'
import { ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { recordAction } from './actions.ts'
import { addOperatorRoutes } from './bulk.ts'
import { addDeadLetterRoutes, operatorOf } from './dead-letters.ts'
import type { OperatedService } from './operated.ts'
import { rebuildRoute } from './operator-routes.ts'
import { publishedEventsRoute } from './published-events-route.ts'
import { lagOfOthersRoute, operationsRoutes } from './routes.ts'

export function addOperationsRoutes(app: OpenApiApp, operated: OperatedService): void {
  const { service, broker, catalog } = operated
  const routes = operationsRoutes(service)

  app.openapi(routes.summary, async (c) => {
    authorize(c, 'operate')
    const [consumers, outbox, deadLetters] = await withBroker(broker, () =>
      Promise.all([operated.lag(), operated.backlog?.(), catalog.count({ state: 'open' })]),
    )
    const [projection, overdue] = [operated.projection?.(), operated.overdue?.()]
    return c.json({ service, consumers, outbox, deadLetters, projection, overdue }, 200)
  })

  const { lagOfOthers, publishedEvents } = operated
  if (lagOfOthers)
    app.openapi(lagOfOthersRoute, async (c) => {
      authorize(c, 'operate')
      return c.json({ items: await withBroker(broker, lagOfOthers) }, 200)
    })

  if (publishedEvents)
    app.openapi(publishedEventsRoute, async (c) => {
      authorize(c, 'operate')
      return c.json({ items: await withBroker(broker, publishedEvents) }, 200)
    })

  const { handlingOf } = operated
  if (handlingOf)
    app.openapi(routes.handling, async (c) => {
      authorize(c, 'operate')
      const { eventId } = c.req.valid('param')
      const handling = await handlingOf(eventId)
      return c.json({ eventId, handled: handling !== undefined, ...handling }, 200)
    })

  addDeadLetterRoutes(app, routes, operated)
  addOperatorRoutes(app, routes, operated)
  const { rebuild } = operated
  if (rebuild)
    app.openapi(rebuildRoute, async (c) => {
      authorize(c, 'operate')
      await recordAction(operated, operatorOf(c), 'rebuild')
      await withBroker(broker, rebuild)
      return c.json({ accepted: true as const }, 202)
    })
}

/** @throws ProblemError 503 while NATS is down; the client would wait for it to come back */
async function withBroker<T>(broker: Broker, read: () => Promise<T>): Promise<T> {
  const title = 'NATS cannot be reached; try again'
  const unavailable = () => new ProblemError({ status: 503, code: 'broker-unavailable', title })
  if (!broker.isConnected()) throw unavailable()
  return read().catch((error) => {
    throw isBrokerOutage(error) ? unavailable() : error
  })
}
