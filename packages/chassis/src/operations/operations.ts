import type { Service } from '@saucery/contracts/choreography'
import type { ConsumerLag, Unpublished } from '@saucery/messaging/consumer/lag'
import { NotHandled } from '@saucery/messaging/dead-letters/publish'
import { countUnhandled, type Letter, readLetter, readLetters } from '@saucery/messaging/dead-letters/reader'
import { keyOf } from '@saucery/messaging/events/event'
import { type Broker, isBrokerOutage } from '@saucery/messaging/nats/connection'
import { permitted } from '../auth/authorize.ts'
import { linkToNext } from '../http/pages.ts'
import { notFound, type Problem, ProblemError } from '../http/problem.ts'
import type { Api } from '../openapi/app.ts'
import { cursorBefore, operationsRoutes, type Projection } from './routes.ts'

/** What an operator sees of a service, and can do. */
export interface Operated {
  readonly service: Service
  readonly broker: Broker
  lag(): Promise<ConsumerLag[]>
  /** Of a service that says something. */
  unpublished?(): Promise<Unpublished>
  /** The ids of the events that these letters are about and that were handled since. */
  handled(letters: readonly Letter[]): Promise<ReadonlySet<string>>
  /** @throws NotHandled, or the error that says that a store is away */
  handleAgain(letter: Letter): Promise<void>
  /** Of a service that builds a read model. */
  projection?(): Projection | undefined
}

/** Adds the calls for operators to a service's own. */
export function operate(app: Api, operated: Operated): void {
  const { service, broker, handled } = operated
  const routes = operationsRoutes(service)

  app.openapi(routes.summary, async (c) => {
    permitted(c, 'operate')
    const [consumers, outbox, deadLetters] = await asking(broker, () =>
      Promise.all([operated.lag(), operated.unpublished?.(), countUnhandled(broker, handled)]),
    )
    const projection = operated.projection?.()
    return c.json(
      { service, consumers, ...(outbox && { outbox }), deadLetters, ...(projection && { projection }) },
      200,
    )
  })

  app.openapi(routes.letters, async (c) => {
    permitted(c, 'operate')
    const { limit, cursor: before } = c.req.valid('query')
    const { letters, next } = await asking(broker, () => readLetters(broker, { limit, before }))
    const known = await handled(letters)
    const items = letters.map((letter) => toJson(letter, known.has(letter.eventId)))
    return c.json({ items, ...(next !== undefined && linkToNext(c, cursorBefore(next))) }, 200)
  })

  app.openapi(routes.sendBack, async (c) => {
    permitted(c, 'operate')
    const { sequence } = c.req.valid('param')
    const letter = await asking(broker, () => readLetter(broker, sequence))
    if (!letter) throw notFound()
    const { eventId } = letter
    if (!(await handled([letter])).has(eventId)) await handle(operated, letter)
    return c.json({ sequence, eventId, handled: true as const }, 200)
  })
}

async function handle({ handleAgain }: Operated, letter: Letter): Promise<void> {
  try {
    await handleAgain(letter)
  } catch (error) {
    if (error instanceof NotHandled) throw new ProblemError({ ...notHandled, detail: error.message })
    throw error
  }
}

const toJson = ({ headers: _, data: __, ...letter }: Letter, handled: boolean) => ({
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
