import { type Context, ROOT_CONTEXT, SpanKind, type SpanOptions } from '@opentelemetry/api'
import {
  contextNow,
  isTracing,
  keyAttribute,
  markFailed,
  type OpenSpan,
  openSpan,
  traceparentOf,
  within,
} from './spans.ts'

interface SharedWork<Item> {
  /** What is done for one item: `commit orders`. */
  readonly name: string
  /** What the items share: `transaction orders`. */
  readonly shared: string
  /** As OpenTelemetry's `db.*` attributes. */
  readonly database: { readonly 'db.system.name': string; readonly 'db.collection.name': string }
  keyOf(item: Item): string
  /** The trace context of the cause, for an item that no span led to. */
  causeOf?(item: Item): string
}

/** The SDK's own limit for the links of a span. */
const maxLinks = 128

/**
 * Spans of items that share transactions. Each item has its own, in the trace that led to it, from when the work is
 * asked for until it is done, and in that one for each time that it was in the database. A transaction of several has
 * a trace of its own, with links to the items' spans.
 */
export function sharedSpans<Item extends object>(work: SharedWork<Item>) {
  const spans = new WeakMap<Item, OpenSpan>()
  const database = (parent: Context, options: SpanOptions = {}) =>
    openSpan(
      work.shared,
      { kind: SpanKind.CLIENT, ...options, attributes: { ...work.database, ...options.attributes } },
      parent,
    )

  async function together<R>(items: readonly Item[], run: () => Promise<R>): Promise<R> {
    const members = items.flatMap((item) => spans.get(item) ?? []).filter(({ span }) => span.isRecording())
    const [first] = members
    if (!first) return run()
    if (items.length === 1) return within(database(first.context), run)
    const links = members.slice(0, maxLinks).map(({ span }) => ({ context: span.spanContext() }))
    const group = database(ROOT_CONTEXT, { links, attributes: { 'db.operation.batch.size': items.length } })
    const toGroup = [{ context: group.span.spanContext() }]
    const own = members.map((member) => database(member.context, { links: toGroup }).span)
    try {
      return await within(group, run)
    } catch (error) {
      for (const span of own) markFailed(span, error)
      throw error
    } finally {
      for (const span of own) span.end()
    }
  }

  return {
    /** Gives each item its span. */
    each:
      <R>(run: (item: Item) => Promise<R>) =>
      (item: Item): Promise<R> => {
        if (!isTracing()) return run(item)
        const attributes = { [keyAttribute]: work.keyOf(item) }
        const opened = openSpan(work.name, { attributes }, contextNow(work.causeOf?.(item) ?? ''))
        spans.set(item, opened)
        return within(opened, () => run(item))
      },
    /** Runs what these items share. */
    together: <R>(items: readonly Item[], run: () => Promise<R>): Promise<R> =>
      isTracing() ? together(items, run) : run(),
    /** The trace context of what is published for the item; undefined without one. */
    traceparentFor(item: Item): string | undefined {
      const opened = spans.get(item)
      return opened && traceparentOf(opened.context)
    },
  }
}
