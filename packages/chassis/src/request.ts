import type { Context } from 'hono'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { invalidInput, ProblemError } from './problem.ts'

/** What a request says of itself as a cause of events: an id, made here if it has none, and its trace. */
export function causeOf(c: Context): { id: string; traceparent: string } {
  const id = requestId.safeParse(c.req.header('x-request-id'))
  return { id: id.success ? id.data : uuidv7(), traceparent: c.req.header('traceparent') ?? '' }
}

const requestId = z.string().regex(/^[\w.-]{1,100}$/)

/** The body as JSON that fits; no body counts as `{}`. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await c.req.text()
  const result = schema.safeParse(text === '' ? {} : parse(text))
  if (!result.success) throw invalidInput(result.error, 'body')
  return result.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProblemError(
      { status: 400, code: 'invalid-json', title: 'The body is not JSON', detail: String(cause) },
      { cause },
    )
  }
}

export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(c.req.query())
  if (!result.success) throw invalidInput(result.error, 'query')
  return result.data
}

/** An id in the path; one that cannot be any is simply not found. */
export function idOf(c: Context): string {
  const id = z.uuid().safeParse(c.req.param('id'))
  if (!id.success) throw notFound()
  return id.data.toLowerCase()
}

export const notFound = () =>
  new ProblemError({ status: 404, code: 'not-found', title: 'There is no such thing' })

/** Query parameters that every list has. A cursor is the id after which the next page begins. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  // As ids are kept: not every store compares them without regard to case.
  cursor: z.uuid().toLowerCase().optional(),
}

/** A page, newest first, made from one item more than `limit`. */
export function pageOf<T>(
  items: T[],
  limit: number,
  idOf: (item: T) => string,
): { items: T[]; next?: string } {
  const page = items.slice(0, limit)
  const last = page.at(-1)
  return items.length > limit && last ? { items: page, next: idOf(last) } : { items: page }
}
