import type { HttpBindings } from '@hono/node-server'
import { answerProblem, ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Context, Handler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import { forwardedFrom } from '../edge/forwarded.ts'
import { compressedHead } from './compress.ts'
import { ClientGone } from './dispatch.ts'
import type { EventStreams } from './event-streams.ts'
import { codeOf, problemOf } from './failures.ts'
import { forward } from './forward.ts'
import { answerHeaders, correlationOf, requestHeaders } from './headers.ts'
import type { Upstream } from './upstreams.ts'

/** A route that one service answers; the gateway answers for a service that does not. */
export function routeTo(
  upstream: Upstream,
  authenticator: Authenticator,
  eventStreams: EventStreams,
  log: Log,
): Handler {
  return async (c) => {
    const { incoming, outgoing } = c.env as HttpBindings
    const correlation = correlationOf(incoming.headers)
    try {
      const callerToken = await authenticator.callerTokenFor(incoming.headers, upstream.name)
      const origin = forwardedFrom(incoming, upstream.settings.TRUSTED_PROXIES)
      const headers = requestHeaders(incoming, correlation, origin, callerToken)
      await forward(upstream, incoming, outgoing, { path: pathOf(c), headers }, (received) => {
        if (received['content-type']?.startsWith('text/event-stream')) eventStreams.add(outgoing)
        return compressedHead(incoming, received, answerHeaders(received, c.res.headers))
      })
      return alreadySent()
    } catch (error) {
      if (error instanceof ClientGone) return alreadySent()
      const isBrokenOff = outgoing.headersSent
      if (error instanceof ProblemError && !isBrokenOff) return answerProblem(c, error.problem, error.headers)
      const { requestId, traceparent } = correlation
      const request = { method: c.req.method, path: c.req.path, requestId, traceparent }
      const outcome = isBrokenOff ? 'answer broken off' : 'no answer'
      log.warn({ upstream: upstream.name, reason: codeOf(error), ...request }, outcome)
      if (isBrokenOff) return alreadySent()
      return answerProblem(c, problemOf(error, upstream.name))
    }
  }
}

/** As the client sent it. Of an absolute URL only the path: its host must not choose the server. */
function pathOf(c: Context): string {
  const { url } = (c.env as HttpBindings).incoming
  if (url?.startsWith('/')) return url
  const { pathname, search } = new URL(c.req.url)
  return pathname + search
}

// Never settles, so that Hono sends nothing after it. RESPONSE_ALREADY_SENT would be lost here: for a HEAD, and where
// CORS headers are set, Hono makes a new response of it and writes that. Each call needs a promise of its own: a shared
// one would keep every request that ever awaited it.
const alreadySent = () => new Promise<never>(() => {})
