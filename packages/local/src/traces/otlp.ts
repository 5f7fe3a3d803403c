import type { Span } from '@saucery/gateway/operations/trace-routes'
import { z } from 'zod'

/** OTLP over HTTP as JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. What is not read here is left out. */
const value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.coerce.number().optional(),
  doubleValue: z.number().optional(),
})

const attributes = z.array(z.object({ key: z.string(), value })).default([])
const nanos = z.union([z.string().regex(/^\d{1,19}$/), z.int().transform(String)])
const traceId = z.string().regex(/^[0-9a-f]{32}$/)
const spanId = z.string().regex(/^[0-9a-f]{16}$/)

const span = z.object({
  traceId,
  spanId,
  parentSpanId: spanId.optional().catch(undefined),
  name: z.string(),
  kind: z.int().default(1),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  links: z.array(z.object({ traceId, spanId })).default([]),
  status: z.object({ code: z.int().default(0) }).default({ code: 0 }),
})

const exported = z.object({
  resourceSpans: z
    .array(
      z.object({
        resource: z.object({ attributes }).default({ attributes: [] }),
        scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
      }),
    )
    .default([]),
})

export interface ReceivedSpan {
  readonly traceId: string
  readonly span: Span
}

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const
const failed = 2

const maxAttributes = 40
const maxText = 300
const maxLinks = 128

/**
 * The spans in the body of an OTLP export.
 * @throws ZodError
 */
export function spansIn(body: unknown): ReceivedSpan[] {
  return exported.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(recordOf(resource.attributes)['service.name'] ?? 'unknown')
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((one) => ({ traceId: one.traceId, span: toSpan(one, service) })),
    )
  })
}

function toSpan(one: z.infer<typeof span>, service: string): Span {
  const [start, end] = [BigInt(one.startTimeUnixNano), BigInt(one.endTimeUnixNano)]
  return {
    spanId: one.spanId,
    ...(one.parentSpanId && { parentSpanId: one.parentSpanId }),
    name: one.name.slice(0, maxText),
    kind: kinds[one.kind] ?? 'internal',
    service: service.slice(0, maxText),
    startMs: inMs(start),
    durationMs: inMs(end - start),
    failed: one.status.code === failed,
    links: one.links.slice(0, maxLinks),
    attributes: recordOf(one.attributes.slice(0, maxAttributes)),
  }
}

const inMs = (nanos: bigint): number => Number(nanos / 1000n) / 1000

function recordOf(list: z.infer<typeof attributes>): Span['attributes'] {
  const record: Span['attributes'] = {}
  for (const { key, value } of list) {
    const { stringValue, ...others } = value
    const found = stringValue?.slice(0, maxText) ?? Object.values(others).find((one) => one !== undefined)
    if (found !== undefined) record[key.slice(0, maxText)] = found
  }
  return record
}
