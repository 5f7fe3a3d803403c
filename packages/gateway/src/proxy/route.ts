import type { HttpBindings } from '@hono/node-server'
import { answerProblem, ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Context, Handler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import { correlationOf } from '../auth/identity.ts'
import { AuthenticationError, answerAuthenticationError } from '../auth/not-signed-in.ts'
import type { EdgePolicy } from '../edge/edge-policy.ts'
import { forwardedFrom } from '../edge/forwarded.ts'
import { ClientGone } from './dispatch.ts'
import type { EventStreams } from './event-streams.ts'
import { codeOf, problemOf } from './failures.ts'
import { forward } from './forward.ts'
import { answerHeaders, requestHeaders } from './headers.ts'
import type { Upstream } from './upstreams.ts'

export interface RouteOptions {
  readonly admission: Authenticator
  readonly door: EdgePolicy
  readonly trustedProxies: number
  readonly eventStreams: EventStreams
  readonly log: Log
}

/** A route that the service answers; the gateway answers whom the door turns away, and for a service that cannot. */
export function routeTo(
  upstream: Upstream,
  { admission, door, trustedProxies, eventStreams, log }: RouteOptions,
): Handler {
  return async (c) => {
    const refusal = await door(c)
    if (refusal) return refusal
    const { incoming, outgoing } = c.env as HttpBindings
    const identity = correlationOf(incoming.headers)
    try {
      const passport = await admission.callerTokenFor(incoming.headers.authorization, upstream.name)
      await forward(upstream, incoming, outgoing, {
        path: pathOf(c),
        headers: requestHeaders(incoming, identity, forwardedFrom(incoming, trustedProxies), passport),
        onHead(headers) {
          if (headers['content-type']?.startsWith('text/event-stream')) eventStreams.add(outgoing)
          return answerHeaders(headers, c.res.headers)
        },
      })
      return alreadySent()
    } catch (error) {
      if (error instanceof ClientGone) return alreadySent()
      if (error instanceof AuthenticationError) return answerAuthenticationError(c, error, identity, log)
      const { requestId, traceparent } = identity
      if (error instanceof ProblemError && !outgoing.headersSent) return answerProblem(c, error.problem)
      log.warn(
        {
          upstream: upstream.name,
          reason: codeOf(error),
          method: c.req.method,
          path: c.req.path,
          requestId,
          traceparent,
        },
        outgoing.headersSent ? 'answer broken off' : 'no answer',
      )
      if (outgoing.headersSent) return alreadySent()
      const problem = problemOf(error, upstream.name)
      return answerProblem(c, problem, problem.status === 503 ? { 'retry-after': '1' } : {})
    }
  }
}

/** As the client sent it, but never an absolute URL, which would name the host to ask. */
function pathOf(c: Context): string {
  const { url } = (c.env as HttpBindings).incoming
  if (url?.startsWith('/')) return url
  const { pathname, search } = new URL(c.req.url)
  return pathname + search
}

// Never settles, so that nothing is sent after it. RESPONSE_ALREADY_SENT does not survive here: for a HEAD,
// and where CORS headers are set, Hono makes a new response of it, and that is written. Each call needs a
// promise of its own: a shared one would hold everyone who ever awaited it.
const alreadySent = () => new Promise<never>(() => {})
