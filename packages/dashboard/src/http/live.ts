import type { HttpBindings } from '@hono/node-server'
import { ProblemError } from '@saucery/chassis/http/problem'
import type { Context } from 'hono'
import type { LiveFilter } from '../live/clients.ts'
import type { Feed } from '../live/feed.ts'
import { parseResumeToken } from '../live/resume-token.ts'

/** Answers with what happens, until the client leaves. */
export function followed(c: Context, feed: Feed, filter: LiveFilter): Response {
  const shown = c.req.header('last-event-id') || undefined
  const from = shown === undefined ? undefined : parseResumeToken(shown)
  if (shown !== undefined && !from) throw invalidLastEventId()
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  // Nobody would read it, and nobody would let go of it.
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  const { outgoing } = c.env as HttpBindings
  const { signedInUntil, subject } = c.get('caller')
  // Else it is everybody.
  const signedIn = signedInUntil === undefined ? {} : { until: signedInUntil * 1000, subject }
  const body = feed.listen({ filter, from, ...signedIn, destroy: () => outgoing.destroy() })
  if (body === 'too-many-listeners') throw tooManyListeners()
  if (body === 'too-many-of-one-caller') throw tooManyOfOneCaller()
  return new Response(body, { headers })
}

const invalidLastEventId = () =>
  new ProblemError({
    status: 400,
    code: 'invalid-last-event-id',
    title: 'The Last-Event-ID is none that was given here',
    errors: [{ header: 'last-event-id', detail: 'must be the last `id` that came' }],
  })

const tooManyListeners = () =>
  new ProblemError(
    { status: 503, code: 'too-many-listeners', title: 'Too many listen to this replica already' },
    { 'retry-after': '5' },
  )

const tooManyOfOneCaller = () =>
  new ProblemError(
    { status: 429, code: 'too-many-of-one-caller', title: 'You listen to this replica too often already' },
    { 'retry-after': '5' },
  )
