import type { HttpBindings } from '@hono/node-server'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { isTracing, openSpan, traceparentOf, within } from '@saucery/messaging/traces/spans'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'

/** Longer paths than this have no route. */
const maxPath = 200

/** What pages ask every second would fill a store with what nobody looks for. */
const isPoll = ({ method, path }: Context['req']) => method !== 'POST' && path.startsWith('/operations')

/**
 * A span for each request, in the trace of its caller. It ends with the answer, and that of an event stream when its
 * answer begins: a stream stays open for hours.
 */
export const traceRequests: MiddlewareHandler = async (c, next) => {
  if (!isTracing() || isPoll(c.req)) return next()
  const { method, path } = c.req
  const route = routePath(c, -1)
  const headers = { traceparent: c.req.header('traceparent'), tracestate: c.req.header('tracestate') }
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    'url.path': path.slice(0, maxPath),
    'request.id': c.req.header('x-request-id')?.slice(0, maxPath),
  }
  const options = { kind: SpanKind.SERVER, attributes }
  const opened = openSpan(`${method} ${route}`, options, propagation.extract(ROOT_CONTEXT, headers))
  const outgoing = (c.env as HttpBindings | undefined)?.outgoing
  outgoing?.once('close', () => endAnswered(opened.span, outgoing.statusCode))
  await context.with(opened.context, next)
  if (!outgoing || c.res.headers.get('content-type')?.startsWith('text/event-stream'))
    endAnswered(opened.span, c.res.status)
}

/** Ends the span of a request, once, with the status of its answer. */
export function endAnswered(span: Span | undefined, status: number): void {
  if (!span?.isRecording()) return
  span.setAttribute('http.response.status_code', status)
  if (status >= 500) span.setAttribute('error.type', String(status)).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** The span of the request that is answered now. */
export const requestSpan = (): Span | undefined => trace.getSpan(context.active())

/** The trace context of the request that is answered now; undefined where no spans are made. */
export const traceparentNow = (): string | undefined => traceparentOf(context.active())

/** What takes the context of a call to another service. */
interface Call {
  readonly headers: { traceparent?: string; tracestate?: string }
  /** Ends the span of the call; an event stream's as it begins. */
  answered(status: number): void
}

/** Calls another service in a span, if spans are made. */
export function traceCall(
  service: string,
  method: string,
  path: string,
  run: (call: Call) => Promise<void>,
): Promise<void> {
  if (!isTracing()) return run({ headers: {}, answered() {} })
  const attributes = {
    'http.request.method': method,
    'url.path': path.replace(/\?.*/s, '').slice(0, maxPath),
    'service.peer.name': service,
  }
  const opened = openSpan(method, { kind: SpanKind.CLIENT, attributes }, context.active())
  const headers: Call['headers'] = {}
  propagation.inject(opened.context, headers)
  return within(opened, () => run({ headers, answered: (status) => endAnswered(opened.span, status) }))
}
