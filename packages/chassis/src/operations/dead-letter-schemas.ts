import { z } from '@hono/zod-openapi'
import { deadLetterReasons } from '@saucery/messaging/dead-letters/reason'
import { queryTime } from '../http/pages.ts'
import { wholeNumber } from '../http/strict-query.ts'

const outcome = z.enum(['handled', 'discarded'])

const reason = z
  .enum(deadLetterReasons)
  .describe(
    'The kind of failure: `forged` by another than its publisher, `unknown-kind` and `unknown-key` to this release, ' +
      '`unreadable` data, or the service’s own code refused it (`handler-failed`)',
  )

const errorGroup = z.string().describe('The error without ids, times and numbers: the same for one cause')

const orderId = z.string().describe('The last part of the subject')

export const deadLetter = z
  .object({
    id: z.string().describe('Of the message; it stays when the stream is lost'),
    sequence: z.int().min(1).describe('In `DEAD_LETTERS`'),
    time: z.iso.datetime(),
    subject: z.string(),
    event: z.string().optional(),
    eventId: z.string(),
    orderId,
    stream: z.string(),
    streamSequence: z.int(),
    reason,
    error: z.string(),
    errorGroup,
    tries: z.int(),
    handled: z.boolean().describe('Whether the service has handled the event since'),
    state: z.enum(['open', ...outcome.options]),
    settledAt: z.iso.datetime().optional(),
    settledBy: z.string().optional().describe('The operator who retried or discarded it'),
    discardReason: z.string().optional(),
  })
  .openapi('DeadLetter', { description: 'A message that the service could not handle' })

export const deadLetterContent = deadLetter
  .extend({
    headers: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    body: z.object({
      bytes: z.int().min(0),
      text: z.string().optional().describe('Where it is UTF-8'),
      base64: z.string().optional(),
      isCut: z.boolean().describe('Only the first 64 KiB are shown'),
      hasHidden: z.boolean().describe('Fields that the contract marks as secret are hidden'),
    }),
  })
  .openapi('DeadLetterContent', { description: 'A dead letter with its message' })

export const deadLetterGroup = z
  .object({
    event: z.string().describe('Empty where the message has none'),
    reason,
    errorGroup,
    count: z.int().min(1),
    oldest: z.iso.datetime(),
    newest: z.iso.datetime(),
  })
  .openapi('DeadLetterGroup', { description: 'Open dead letters of one event and one cause' })

const time = queryTime.transform((text) => new Date(text).toISOString())

/** What letters are chosen by, in a query and in a body. */
export const chosenBy = {
  event: z.string().max(255).optional(),
  reason: reason.optional(),
  error: z.string().max(200).optional().describe('The `errorGroup` of a letter or group'),
  orderId: orderId.max(255).optional(),
  from: time.optional().describe('Only letters of this time or later'),
  to: time.optional().describe('Only letters from before this time'),
}

/** A cursor is the place after which the next page begins: the time and the id of a letter. */
const placePattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([!-~]{1,200})$/

const cursor = z
  .string()
  .max(400)
  .transform((text, context) => {
    const [, savedAt, id] = placePattern.exec(Buffer.from(text, 'base64url').toString()) ?? []
    const isWhole =
      savedAt && id && !Number.isNaN(Date.parse(savedAt)) && cursorAfter({ savedAt, id }) === text
    if (isWhole) return { savedAt, id }
    context.addIssue({ code: 'custom', message: 'must be the `next` of a page' })
    return z.NEVER
  })
  .openapi({ type: 'string' })

/** The cursor of the page after this letter. */
export const cursorAfter = ({ savedAt, id }: { readonly savedAt: string; readonly id: string }): string =>
  Buffer.from(`${savedAt} ${id}`).toString('base64url')

export const listOfLetters = z.object({
  ...chosenBy,
  state: z.enum(['open', ...outcome.options]).optional(),
  limit: wholeNumber(1, 100).default(50).describe('Most items on a page'),
  cursor: cursor.optional().describe('Where the page begins: the `next` of the page before'),
})

export const why = z.string().trim().min(3).max(500).describe('Why the letters are given up; kept with them')

const many = {
  ...chosenBy,
  dryRun: z.boolean().default(false).describe('Only count'),
  perSecond: z.int().min(1).max(500).default(50).describe('Letters a second at most'),
}

// Required, so that no empty body chooses every letter.
export const retryMany = z.strictObject({ ...many, dryRun: z.boolean().describe('Only count') })
export const discardMany = z.strictObject({ ...many, why })

const count = z.int().min(0)

export const job = z
  .object({
    id: z.uuid(),
    kind: z.enum(['retry', 'discard']),
    state: z.enum(['running', 'done', 'cancelled']),
    filter: z.object(chosenBy),
    by: z.string(),
    why: z.string().optional(),
    perSecond: z.int(),
    total: count.describe('Open letters that the filter chose when it began'),
    settled: count.describe('Retried with success, or discarded, by this job'),
    skipped: count.describe('Settled by others meanwhile'),
    failed: count.describe('Failed again; they stay open'),
    lastError: z.string().optional(),
    begunAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
  })
  .openapi('OperatorJob', { description: 'Work on many dead letters' })
