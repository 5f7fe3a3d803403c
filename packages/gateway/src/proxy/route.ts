import type { HttpBindings } from '@hono/node-server'
import { Overloaded } from '@saucery/chassis/http/admission'
import { answerProblem, ProblemError } from '@saucery/chassis/http/problem'
import { endAnswered, requestSpan, traceCall } from '@saucery/chassis/http/trace-requests'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Context, Handler } from 'hono'
import type { Authenticator } from '../auth/authenticate.ts'
import { forwardedFrom } from '../edge/forwarded.ts'
import { networkOf } from '../edge/network.ts'
import { compressedHead } from './compress.ts'
import { ClientGone } from './dispatch.ts'
import type { EventStreams } from './event-streams.ts'
import { codeOf, problemOf } from './failures.ts'
import { forward } from './forward.ts'
import { answerHeaders, correlationOf, requestHeaders } from './headers.ts'
import { takePlace } from './place.ts'
import type { Upstream } from './upstreams.ts'

interface RouteDeps {
  readonly authenticator: Authenticator
  /** Counts a request of the caller; throws ProblemError 429. */
  readonly limitCaller: (caller: Caller) => void
  readonly eventStreams: EventStreams
  readonly log: Log
}

/** A route that one service answers; the gateway answers for a service that does not. */
export function routeTo(
  upstream: Upstream,
  { authenticator, limitCaller, eventStreams, log }: RouteDeps,
): Handler {
  return async (c) => {
    const { incoming, outgoing } = c.env as HttpBindings
    const correlation = correlationOf(incoming.headers)
    const span = requestSpan()
    try {
      const origin = forwardedFrom(incoming, upstream.settings.TRUSTED_PROXIES)
      const client = networkOf(origin.client)
      // Before the token is checked: a refusal has to cost less than an answer.
      if (upstream.work.refuses(client)) throw new Overloaded()
      const caller = await authenticator.callerOf(incoming.headers)
      if (caller) limitCaller(caller)
      const callerToken = await authenticator.callerTokenFor(caller, upstream.name)
      const place = await takePlace(upstream, incoming.headers, client, caller)
      const path = pathOf(c)
      await traceCall(upstream.name, c.req.method, path, async (call) => {
        const traced = { ...correlation, ...call.headers }
        const headers = requestHeaders(incoming, traced, origin, callerToken, place.mayWait)
        await forward(upstream, incoming, outgoing, { path, headers, place }, (received) => {
          if (received['content-type']?.startsWith('text/event-stream')) {
            eventStreams.add(outgoing)
            call.answered(200)
            endAnswered(span, 200)
          }
          return compressedHead(incoming, received, answerHeaders(received, c.res.headers))
        })
        call.answered(outgoing.statusCode)
      })
      return alreadySent()
    } catch (error) {
      if (error instanceof ClientGone) return alreadySent()
      const isBrokenOff = outgoing.headersSent
      if (error instanceof ProblemError && !isBrokenOff) return answerProblem(c, error.problem, error.headers)
      if (error instanceof Overloaded) {
        logOverload(upstream, log)
        return answerProblem(c, problemOf(error, upstream.name))
      }
      const { requestId, traceparent } = correlation
      const request = { method: c.req.method, path: c.req.path, requestId, traceparent }
      const outcome = isBrokenOff ? 'answer broken off' : 'no answer'
      log.warn({ upstream: upstream.name, reason: codeOf(error), ...request }, outcome)
      if (isBrokenOff) return alreadySent()
      return answerProblem(c, problemOf(error, upstream.name))
    }
  }
}

/** At most one line a second: a refusal has to cost less than an answer. */
function logOverload(upstream: Upstream, log: Log): void {
  upstream.refusals++
  const now = performance.now()
  if (now - upstream.refusalsLoggedAt < 1000) return
  const { name, work, refusals } = upstream
  log.warn({ upstream: name, refusals, limit: work.limit(), queued: work.queued() }, 'requests refused')
  Object.assign(upstream, { refusals: 0, refusalsLoggedAt: now })
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
