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
import { notFound, type Problem, ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { cursorBefore, operationsRoutes, type ProjectionProgress } from './routes.ts'

/** What an operator sees of a service, and can do. */
export interface OperatedService {
  readonly service: Service
  readonly broker: Broker
  lag(): Promise<ConsumerLag[]>
  /** Of a service that says something. */
  backlog?(): Promise<Backlog>
  /** The ids of the events that these letters are about and that were handled since. */
  handledAmong(letters: readonly DeadLetter[]): Promise<ReadonlySet<string>>
  /** @throws NotHandled, or the error that says that a store is away */
  reprocess(letter: DeadLetter): Promise<void>
  /** Of a service that builds a read model. */
  projection?(): ProjectionProgress | undefined
}

/** Adds the calls for operators to a service's own. */
export function addOperationsRoutes(app: OpenApiApp, operated: OperatedService): void {
  const { service, broker, handledAmong } = operated
  const routes = operationsRoutes(service)

  app.openapi(routes.summary, async (c) => {
    authorize(c, 'operate')
    const [consumers, outbox, deadLetters] = await asking(broker, () =>
      Promise.all([operated.lag(), operated.backlog?.(), countUnhandled(broker, handledAmong)]),
    )
    const projection = operated.projection?.()
    return c.json(
      { service, consumers, ...(outbox && { outbox }), deadLetters, ...(projection && { projection }) },
      200,
    )
  })

  app.openapi(routes.letters, async (c) => {
    authorize(c, 'operate')
    const { limit, cursor: before } = c.req.valid('query')
    const { deadLetters, next } = await asking(broker, () => readDeadLetters(broker, { limit, before }))
    const known = await handledAmong(deadLetters)
    const items = deadLetters.map((letter) => toJson(letter, known.has(letter.eventId)))
    return c.json({ items, ...(next !== undefined && linkToNext(c, cursorBefore(next))) }, 200)
  })

  app.openapi(routes.sendBack, async (c) => {
    authorize(c, 'operate')
    const { sequence } = c.req.valid('param')
    const letter = await asking(broker, () => readDeadLetter(broker, sequence))
    if (!letter) throw notFound()
    const { eventId } = letter
    if (!(await handledAmong([letter])).has(eventId)) await handle(operated, letter)
    return c.json({ sequence, eventId, handled: true as const }, 200)
  })
}

async function handle({ reprocess }: OperatedService, letter: DeadLetter): Promise<void> {
  try {
    await reprocess(letter)
  } catch (error) {
    if (error instanceof ReprocessingFailed) throw new ProblemError({ ...notHandled, detail: error.message })
    throw error
  }
}

const toJson = ({ headers: _, data: __, ...letter }: DeadLetter, handled: boolean) => ({
  ...letter,
  orderId: keyOf(letter.subject),
  handled,
})

const notHandled: Problem = {
  status: 409,
  code: 'dead-letter-not-handled',
  title: 'The message could not be handled now either',
}

const brokerUnavailable: Problem = {
  status: 503,
  code: 'broker-unavailable',
  title: 'The broker cannot be reached; try again',
}

/** What the broker is asked for; it would be waited for, were it away. */
async function asking<T>(broker: Broker, ask: () => Promise<T>): Promise<T> {
  const away = () => new ProblemError(brokerUnavailable, { 'retry-after': '1' })
  if (!broker.isConnected()) throw away()
  try {
    return await ask()
  } catch (error) {
    throw isBrokerOutage(error) ? away() : error
  }
}
