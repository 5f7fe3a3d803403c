import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'

/**
 * Spans by OpenTelemetry's API. It does nothing in a process that has registered no SDK, and this package has none.
 * Spans hold ids, names and numbers: no payload, no parameter of a statement, and no text of an error, which may have
 * either.
 */
export const tracer = trace.getTracer('@saucery/messaging')

/** Whether the process has registered an SDK. Without one no span is begun, and no context read. */
export const isTracing = (): boolean => propagation.fields().length > 0

/** What an event, request or state is about: OpenTelemetry's name for what joins messages. Here the order's id. */
export const keyAttribute = 'messaging.message.conversation_id'

/** A span, and the context that its children and what it publishes belong to. */
export interface OpenSpan {
  readonly span: Span
  readonly context: Context
}

export function openSpan(name: string, options: SpanOptions, parent: Context): OpenSpan {
  const span = tracer.startSpan(name, options, parent)
  return { span, context: trace.setSpan(parent, span) }
}

/** The context in a message or a row; the root if there is none, or an invalid one. */
export const contextIn = (traceparent: string): Context => propagation.extract(ROOT_CONTEXT, { traceparent })

/** The W3C trace context of a context; undefined if it has none. */
export function traceparentOf(of: Context): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(of, carrier)
  return carrier.traceparent
}

/** The context of the code that runs now; where it has none, as after a timer, that of the cause. */
export const contextNow = (causedBy: string): Context =>
  trace.getSpan(context.active()) ? context.active() : contextIn(causedBy)

/**
 * A span for work that another span led to. What happens once is its child. What happens again has a trace of its own,
 * with a link: else a tree would show twice what happened once.
 * (spans.test: "is a child the first time, and has a trace of its own with a link when it happens again")
 * @param again why the work may have been done before
 */
export function openRelated(
  name: string,
  options: SpanOptions,
  traceparent: string,
  again: string | undefined,
): OpenSpan {
  const origin = contextIn(traceparent)
  const before = trace.getSpanContext(origin)
  if (!again || !before) return openSpan(name, options, origin)
  // Who sampled the first time has decided for the next ones, too.
  if (!(before.traceFlags & TraceFlags.SAMPLED))
    return { span: trace.wrapSpanContext(before), context: origin }
  const attributes = { ...options.attributes, 'nats.again': again }
  return openSpan(name, { ...options, attributes, links: [{ context: before }] }, ROOT_CONTEXT)
}

/** Runs the work in the span, and ends it with the outcome, unless the work has ended it. */
export async function within<T>({ span, context: inside }: OpenSpan, run: () => Promise<T>): Promise<T> {
  try {
    return await context.with(inside, run)
  } catch (error) {
    markFailed(span, error)
    throw error
  } finally {
    if (span.isRecording()) span.end()
  }
}

/** Runs the work in a span that is a child of the present one, if spans are made. */
export const traced = <T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T> =>
  isTracing() ? within(openSpan(name, options, context.active()), run) : run()

export function markFailed(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', errorType(error))
}

/** The code of the innermost cause, as `23505` or `ECONNREFUSED`, or its name. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  if (error.cause instanceof Error) return errorType(error.cause)
  const { code } = error as { code?: unknown }
  return String(code ?? error.name).slice(0, 100)
}
