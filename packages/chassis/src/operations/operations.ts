import type { Service } from '@saucery/contracts/choreography'
import type { ConsumerLag } from '@saucery/messaging/consumer/lag'
import { ReprocessingFailed } from '@saucery/messaging/dead-letters/publish'
import {
  countUnhandled,
  type DeadLetter,
  readDeadLetter,
  readDeadLetters,
} from '@saucery/messaging/dead-letters/reader'
import { keyOf } from '@saucery/messaging/events/event'
import { type Broker, isBrokerOutage } from '@saucery/messaging/nats/connection'
import type { Backlog } from '@saucery/messaging/outbox/backlog'
import { authorize } from '../auth/authorize.ts'
import { linkToNext } from '../http/pages.ts'
import { orNotFound, ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import {
  cursorBefore,
  lagOfOthersRoute,
  type OverdueOrders,
  operationsRoutes,
  type ProjectionProgress,
} from './routes.ts'

/** What an operator can see and do with a service. */
export interface OperatedService {
  readonly service: Service
  readonly broker: Broker
  lag(): Promise<ConsumerLag[]>
  /** Only of a service that publishes. */
  backlog?(): Promise<Backlog>
  /** The ids of those dead-lettered events that the service has handled since. */
  handledAmong(letters: readonly DeadLetter[]): Promise<ReadonlySet<string>>
  /** When an event was handled, and after how many deliveries. Only of a service that has an inbox. */
  handlingOf?(
    eventId: string,
  ): Promise<{ handledAt?: string | undefined; deliveries?: number | undefined } | undefined>
  /** @throws ReprocessingFailed, or an outage of a store */
  reprocess(letter: DeadLetter): Promise<void>
  /** Only of a service that builds a read model. */
  projection?(): ProjectionProgress | undefined
  /** Only of a service that knows every order. */
  overdue?(): OverdueOrders | undefined
  /** Only of a service that may see the consumers of others. */
  lagOfOthers?(): Promise<(ConsumerLag & { readonly service: Service })[]>
}

export function addOperationsRoutes(app: OpenApiApp, operated: OperatedService): void {
  const { service, broker, handledAmong } = operated
  const routes = operationsRoutes(service)

  app.openapi(routes.summary, async (c) => {
    authorize(c, 'operate')
    const [consumers, outbox, deadLetters] = await withBroker(broker, () =>
      Promise.all([operated.lag(), operated.backlog?.(), countUnhandled(broker, handledAmong)]),
    )
    const [projection, overdue] = [operated.projection?.(), operated.overdue?.()]
    return c.json({ service, consumers, outbox, deadLetters, projection, overdue }, 200)
  })

  const { lagOfOthers } = operated
  if (lagOfOthers)
    app.openapi(lagOfOthersRoute, async (c) => {
      authorize(c, 'operate')
      return c.json({ items: await withBroker(broker, lagOfOthers) }, 200)
    })

  const { handlingOf } = operated
  if (handlingOf)
    app.openapi(routes.handling, async (c) => {
      authorize(c, 'operate')
      const { eventId } = c.req.valid('param')
      const handling = await handlingOf(eventId)
      return c.json({ eventId, handled: handling !== undefined, ...handling }, 200)
    })

  app.openapi(routes.deadLetters, async (c) => {
    authorize(c, 'operate')
    const { limit, cursor: before } = c.req.valid('query')
    const page = await withBroker(broker, () => readDeadLetters(broker, { limit, before }))
    const handled = await handledAmong(page.deadLetters)
    const items = page.deadLetters.map((letter) => toJson(letter, handled.has(letter.eventId)))
    return c.json({ items, ...(page.next !== undefined && linkToNext(c, cursorBefore(page.next))) }, 200)
  })

  app.openapi(routes.retry, async (c) => {
    authorize(c, 'operate')
    const { sequence } = c.req.valid('param')
    const letter = orNotFound(await withBroker(broker, () => readDeadLetter(broker, sequence)))
    const { eventId } = letter
    if (!(await handledAmong([letter])).has(eventId))
      await operated.reprocess(letter).catch((error) => {
        throw error instanceof ReprocessingFailed ? notHandled(error) : error
      })
    return c.json({ sequence, eventId, handled: true as const }, 200)
  })
}

function notHandled({ message: detail }: ReprocessingFailed): ProblemError {
  const title = 'The message failed again'
  return new ProblemError({ status: 409, code: 'dead-letter-not-handled', title, detail })
}

/** The fields that the contract names. A dead letter also has its message, which may hold what only its branch may see. */
const toJson = ({ event, ...letter }: DeadLetter, handled: boolean) => ({
  sequence: letter.sequence,
  time: letter.time,
  subject: letter.subject,
  ...(event !== undefined && { event }),
  eventId: letter.eventId,
  orderId: keyOf(letter.subject),
  stream: letter.stream,
  streamSequence: letter.streamSequence,
  error: letter.error,
  tries: letter.tries,
  handled,
})

/** @throws ProblemError 503 while NATS is down; the client would wait for it to come back */
async function withBroker<T>(broker: Broker, read: () => Promise<T>): Promise<T> {
  const title = 'NATS cannot be reached; try again'
  const unavailable = () => new ProblemError({ status: 503, code: 'broker-unavailable', title })
  if (!broker.isConnected()) throw unavailable()
  return read().catch((error) => {
    throw isBrokerOutage(error) ? unavailable() : error
  })
}
