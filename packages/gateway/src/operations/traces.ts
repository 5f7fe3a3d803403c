import type { HttpBindings } from '@hono/node-server'
import { authorize } from '@saucery/chassis/auth/authorize'
import { notFound, type Problem, ProblemError } from '@saucery/chassis/http/problem'
import type { Caller } from '@saucery/contracts/access/scope'
import { type Handler, Hono } from 'hono'
import { request } from 'undici'
import type { Authenticator } from '../auth/authenticate.ts'

interface TracesDeps {
  /** The URL of the trace store, which answers these paths; undefined without one. */
  readonly store: string | undefined
  readonly authenticator: Authenticator
  readonly limitCaller: (caller: Caller) => void
}

const timeoutMs = 2000

/** What the built-in trace store knows, for operators. */
export function traceRoutes({ store, authenticator, limitCaller }: TracesDeps): Hono {
  const read =
    (pathOf: (id: string) => string, isId: RegExp): Handler =>
    async (c) => {
      const caller = await authenticator.callerOf((c.env as HttpBindings).incoming.headers)
      if (caller) {
        limitCaller(caller)
        c.set('caller', caller)
        authorize(c, 'operate')
      }
      const id = c.req.param('id') ?? ''
      if (store === undefined) throw new ProblemError(noTraceStore)
      if (!isId.test(id)) throw notFound()
      return c.body(await readStore(store + pathOf(id)), 200, { 'content-type': 'application/json' })
    }
  return new Hono()
    .get(
      '/operations/traces/:id',
      read((id) => `/traces/${id}`, /^[0-9a-f]{32}$/),
    )
    .get(
      '/operations/orders/:id/traces',
      read((id) => `/orders/${id}`, /^[0-9a-f-]{36}$/),
    )
}

/** The answer as the store gives it, which bounds its size. */
async function readStore(url: string): Promise<ReadableStream | string> {
  const { statusCode, body } = await request(url, {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  }).catch((cause) => {
    throw new ProblemError(storeUnavailable, {}, { cause })
  })
  const text = await body.text()
  if (statusCode === 404) throw notFound()
  if (statusCode !== 200) throw new ProblemError(storeUnavailable)
  return text
}

const noTraceStore: Problem = {
  status: 404,
  code: 'no-trace-store',
  title: 'This system has no trace store of its own',
  detail: 'TRACE_STORE_URL names none.',
}

const storeUnavailable: Problem = {
  status: 502,
  code: 'trace-store-unavailable',
  title: 'The trace store cannot be read',
}
