import type { HttpBindings } from '@hono/node-server'
import { type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Context } from 'hono'
import type { Feed } from '../live/feed.ts'
import type { Audience } from '../live/sse.ts'

/** Answers with changes of orders as they happen, until the client leaves or its sign-in ends. */
export function liveResponse(c: Context, feed: Feed, audience: Audience): Response {
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx, and what is made of it, would hold back the messages until they fill its buffer.
    // (live.int.test: "arrives at once, and outlives the longest silence that the gateway allows")
    'x-accel-buffering': 'no',
  }
  // The body of an answer to HEAD would never be read, and so never be closed.
  if (c.req.method === 'HEAD') return new Response(null, { headers })
  const { outgoing } = c.env as HttpBindings
  const { signedInUntil, subject } = c.get('caller')
  // Without sign-in all callers have one subject.
  const signedIn = signedInUntil === undefined ? {} : { until: signedInUntil * 1000, subject }
  const lastEventId = c.req.header('last-event-id') || undefined
  const body = feed.follow({ ...audience, lastEventId, ...signedIn, destroy: () => outgoing.destroy() })
  if (typeof body === 'string') throw new ProblemError(problems[body], { 'retry-after': '5' })
  return new Response(body, { headers })
}

const problems = {
  'too-many-listeners': {
    status: 503,
    code: 'too-many-listeners',
    title: 'Too many clients follow this replica',
  },
  'too-many-of-one-caller': {
    status: 429,
    code: 'too-many-of-one-caller',
    title: 'You have too many live connections to this replica',
  },
  'too-many-of-one-branch': {
    status: 429,
    code: 'too-many-of-one-branch',
    title: 'Your branch has too many live connections to this replica',
  },
  'too-many-replays': {
    status: 429,
    code: 'too-many-replays',
    title: 'Too many of your live connections wait for what they missed',
  },
} as const satisfies Record<string, Problem>
