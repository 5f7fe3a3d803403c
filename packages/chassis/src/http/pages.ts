import { firstIdAt } from '@saucery/messaging/events/event'
import type { Context } from 'hono'
import { z } from 'zod'
import { wholeNumber } from './strict-query.ts'

// A cursor is the id after which the next page begins. It is opaque, so that no client makes one.
const cursorOf = (id: string): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')

function idIn(cursor: string): string {
  const hex = Buffer.from(cursor, 'base64url').toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** A time in a query. */
export const queryTime = z.iso.datetime({
  offset: true,
  error: 'must be a time such as 2026-01-31T12:00:00Z',
})

// A UUIDv7 begins with its time, so a range of times is a range of ids.
const timeAsId = queryTime.transform((time) => firstIdAt(Math.max(0, Date.parse(time))))

/** The query parameters of every list, which is sorted by order id. */
export const pageQuery = {
  limit: wholeNumber(1, 200).default(50).describe('Most items on a page'),
  cursor: z
    .string()
    .regex(/^[\w-]{22}$/, 'must be the `next` of a page')
    .transform(idIn)
    .optional()
    .describe('Where the page begins: the `next` of the page before'),
  since: timeAsId.optional().describe('Only orders placed at this time or later'),
  until: timeAsId.optional().describe('Only orders placed before this time'),
}

/** After parsing: `cursor`, `since` and `until` are ids. */
export type PageQuery = Readonly<z.output<z.ZodObject<typeof pageQuery>>>

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    next: z.string().optional().describe('The `cursor` of the next page; absent on the last one'),
  })

/**
 * Makes a page of a list, with `Link: rel="next"` (RFC 8288) when there is another one.
 * @param find finds up to `limit` items
 */
export async function pageResponse<T, Query extends PageQuery>(
  c: Context,
  query: Query,
  find: (query: Query) => Promise<T[]>,
  idOf: (item: T) => string,
): Promise<{ items: T[]; next?: string }> {
  const found = await find({ ...query, limit: query.limit + 1 })
  const items = found.slice(0, query.limit)
  const last = found.length > query.limit && items.at(-1)
  return { items, ...(last && linkToNext(c, cursorOf(idOf(last)))) }
}

/** Sets the answer's `Link` to the next page; returns `next` for its body. */
export function linkToNext(c: Context, next: string): { next: string } {
  const search = new URL(c.req.url).searchParams
  search.set('cursor', next)
  c.header('Link', `<${c.req.path}?${search}>; rel="next"`)
  return { next }
}
