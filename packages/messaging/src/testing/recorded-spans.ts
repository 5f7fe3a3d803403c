import { type Link, SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import { eventually } from './eventually.ts'

export interface RecordedSpan {
  readonly name: string
  readonly kind: keyof typeof SpanKind
  readonly traceId: string
  readonly spanId: string
  readonly parent: string | undefined
  /** The ids of the spans that it has links to. */
  readonly links: readonly string[]
  readonly failed: boolean
  readonly attributes: ReadableSpan['attributes']
}

/** Makes this process record spans, with the SDK's own defaults; call it once. */
export function recordSpans() {
  const exporter = new InMemorySpanExporter()
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
  const all = () => exporter.getFinishedSpans().map(asRecorded)
  return {
    all,
    /** Waits for this number of ended spans of a name. */
    named: (name: string, count = 1): Promise<RecordedSpan[]> =>
      eventually(() => {
        const found = all().filter((span) => span.name === name)
        if (found.length < count) throw new Error(`${found.length} of ${count} spans: ${name}`)
        return found
      }),
    forget: (): void => exporter.reset(),
  }
}

const failed = ({ code }: SpanStatus) => code === SpanStatusCode.ERROR

const asRecorded = (span: ReadableSpan): RecordedSpan => ({
  name: span.name,
  kind: SpanKind[span.kind] as keyof typeof SpanKind,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId,
  links: span.links.map(({ context }: Link) => context.spanId),
  failed: failed(span.status),
  attributes: span.attributes,
})
