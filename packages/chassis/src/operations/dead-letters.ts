import type { Service } from '@saucery/contracts/choreography'
import type { DeadLetterEntry } from '@saucery/messaging/dead-letters/catalog'
import { ReprocessingFailed } from '@saucery/messaging/dead-letters/publish'
import type { Context } from 'hono'
import { sharedResult } from '../async/shared-result.ts'
import { authorize } from '../auth/authorize.ts'
import { linkToNext } from '../http/pages.ts'
import { orNotFound, ProblemError } from '../http/problem.ts'
import type { OpenApiApp } from '../openapi/app.ts'
import { recordAction } from './actions.ts'
import type { deadLetterRoutes } from './dead-letter-routes.ts'
import { cursorAfter } from './dead-letter-schemas.ts'
import { contentOf } from './letter-content.ts'
import type { OperatedService } from './operated.ts'
import { discardLetter, markHandled, refreshCatalog, retryLetter } from './settle.ts'

const maxGroups = 200

/** The routes of a service's dead letters, one at a time; `bulk.ts` has those of many. */
export function addDeadLetterRoutes(
  app: OpenApiApp,
  routes: ReturnType<typeof deadLetterRoutes<Service>>,
  operated: OperatedService,
): void {
  const { service, catalog } = operated
  const refresh = sharedResult(
    () => refreshCatalog(operated),
    () => 100,
  )
  // The list answers from the service's own store while NATS is away.
  const upToDate = () => refresh().catch(() => {})

  async function find(letter: string): Promise<DeadLetterEntry> {
    await upToDate()
    const isSequence = /^[1-9]\d{0,13}$/.test(letter)
    return orNotFound(await catalog.find(isSequence ? Number(letter) : letter))
  }

  app.openapi(routes.deadLetters, async (c) => {
    authorize(c, 'operate')
    const { limit, cursor: after, ...filter } = c.req.valid('query')
    await upToDate()
    const found = await catalog.page(filter, { limit: limit + 1, after })
    const page = await markHandled(operated, found.slice(0, limit))
    const items = page
      .filter(({ outcome }) => filter.state !== 'open' || outcome === undefined)
      .map(letterToJson)
    const last = found.length > limit ? page.at(-1) : undefined
    return c.json({ items, ...(last && linkToNext(c, cursorAfter(last))) }, 200)
  })

  app.openapi(routes.groups, async (c) => {
    authorize(c, 'operate')
    const filter = c.req.valid('query')
    await upToDate()
    const groups = await catalog.groups({ ...filter, state: 'open' }, maxGroups)
    return c.json(
      { items: groups.map(({ errorKey, ...group }) => ({ ...group, errorGroup: errorKey })) },
      200,
    )
  })

  app.openapi(routes.deadLetter, async (c) => {
    authorize(c, 'operate')
    const [entry] = await markHandled(operated, [await find(c.req.valid('param').letter)])
    const known = orNotFound(entry)
    const record = orNotFound(await catalog.read(known.id))
    return c.json({ ...letterToJson(known), ...contentOf(service, record) }, 200)
  })

  app.openapi(routes.retry, async (c) => {
    authorize(c, 'operate')
    const entry = await find(c.req.valid('param').sequence)
    const { id, sequence, eventId, orderId } = entry
    const by = operatorOf(c)
    await recordAction(operated, by, 'retry', { orderId, letter: id, event: entry.event, eventId })
    const { outcome } = await retryLetter(operated, entry, { by: by.subject }).catch((error) => {
      throw error instanceof ReprocessingFailed ? notHandled(error) : error
    })
    if (outcome === 'discarded') throw alreadySettled('It was discarded.')
    return c.json({ id, sequence, eventId, handled: true as const }, 200)
  })

  app.openapi(routes.discard, async (c) => {
    authorize(c, 'operate')
    const { why } = c.req.valid('json')
    const entry = await find(c.req.valid('param').letter)
    const { id, eventId, orderId } = entry
    const by = operatorOf(c)
    await recordAction(operated, by, 'discard', { orderId, letter: id, event: entry.event, eventId, why })
    const { outcome } = await discardLetter(operated, entry, { by: by.subject, why })
    if (outcome === 'handled') throw alreadySettled('Its event was handled.')
    return c.json({ id, eventId, discarded: true as const }, 200)
  })
}

/** The caller, as what it does is kept. */
export const operatorOf = (c: Context) => {
  const { subject, role } = c.get('caller')
  return { subject, role }
}

function notHandled({ message: detail }: ReprocessingFailed): ProblemError {
  const title = 'The message failed again'
  return new ProblemError({ status: 409, code: 'dead-letter-not-handled', title, detail })
}

const alreadySettled = (detail: string) =>
  new ProblemError({ status: 409, code: 'dead-letter-settled', title: 'This dead letter is settled', detail })

/** The fields that the contract names. A dead letter also has its message, which may hold what only its branch may see. */
export const letterToJson = (entry: DeadLetterEntry) => ({
  id: entry.id,
  sequence: entry.sequence,
  time: entry.savedAt,
  subject: entry.subject,
  ...(entry.event && { event: entry.event }),
  eventId: entry.eventId,
  orderId: entry.orderId,
  stream: entry.stream,
  streamSequence: entry.streamSequence,
  reason: entry.reason,
  error: entry.error,
  errorGroup: entry.errorKey,
  tries: entry.tries,
  handled: entry.outcome === 'handled',
  state: entry.outcome ?? ('open' as const),
  ...(entry.settledAt && { settledAt: entry.settledAt }),
  ...(entry.settledBy && { settledBy: entry.settledBy }),
  ...(entry.settledWhy && { discardReason: entry.settledWhy }),
})
