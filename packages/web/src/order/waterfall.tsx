import type { Trace } from '@saucery/client/schemas'
import { client, me } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { clock, count, dayAndTime, duration } from '../ui/format.ts'
import { Details, Failure } from '../ui/parts.tsx'
import { usePolled } from '../ui/use-polled.tsx'
import { type Waterfall, type WaterfallRow, waterfallOf } from './waterfall-layout.ts'

const everyMs = 3000

/** The order's traces, for operators of a system that keeps them. */
export const Waterfalls = ({ orderId }: { readonly orderId: string }) =>
  me.value?.traces ? <OrderTraces orderId={orderId} /> : null

function OrderTraces({ orderId }: { readonly orderId: string }) {
  const read = (signal: AbortSignal) =>
    client.get('/operations/orders/{orderId}/traces', { path: { orderId }, signal })
  const { found, error } = usePolled(read, everyMs, [orderId])
  return (
    <section class="waterfalls" aria-labelledby="waterfalls-title">
      <h2 id="waterfalls-title">{t.traces.title}</h2>
      <Failure error={found ? undefined : error} />
      {found?.traces.length === 0 && <p class="nothing">{t.traces.none}</p>}
      {found?.traces.map((trace, i) => (
        <TraceWaterfall key={trace.traceId} trace={trace} isFirst={i === 0} />
      ))}
    </section>
  )
}

/** One request with all that it led to, or one repeated delivery. */
function TraceWaterfall({ trace, isFirst }: { readonly trace: Trace; readonly isFirst: boolean }) {
  const waterfall = waterfallOf(trace)
  const { traceId, rows, startMs, tookMs, services, again } = waterfall
  const [first] = rows
  return (
    <details class="waterfall" open={isFirst}>
      <summary>
        <b>{first?.span.name}</b> <span class="when">{clock(startMs)}</span>
        <span class="when">
          {t.traces.summary(duration(tookMs), count(rows.length), services.join(', '))}
          {again !== undefined && ` · ${againText(again)}`}
        </span>
      </summary>
      <p class="when">
        {t.traces.traceId} <span class="id">{traceId}</span> · {dayAndTime(startMs)}
      </p>
      <ol>
        {rows.map((row) => (
          <SpanRow key={row.span.spanId} row={row} of={waterfall} />
        ))}
      </ol>
    </details>
  )
}

const againText = (again: string): string =>
  (t.traces.again as Readonly<Record<string, string>>)[again] ?? again

/** A deeper row is not moved further to the right. */
const deepest = 12

function SpanRow({ row, of }: { readonly row: WaterfallRow; readonly of: Waterfall }) {
  const { span, depth, waitedMs, databaseMs } = row
  const { service, name, durationMs, failed, links, attributes } = span
  const linked = links.length === 0 ? undefined : links.map(({ spanId }) => spanId).join(', ')
  return (
    <li class={failed ? 'failed' : undefined} data-service={service}>
      <details>
        <summary>
          <span class="what" style={{ '--depth': Math.min(depth, deepest) }}>
            <span class="owner">{service}</span> {name}
            {failed && <b> {t.traces.failed}</b>}
          </span>
          <Bar row={row} of={of} />
          <span class="numbers">
            {duration(durationMs)}
            {waitedMs !== undefined && <> · {t.traces.waited(duration(waitedMs))}</>}
            {databaseMs > 0 && <> · {t.traces.database(duration(databaseMs))}</>}
          </span>
        </summary>
        <Details of={{ ...texts(attributes), [t.traces.links]: linked }} />
      </details>
    </li>
  )
}

/** The numbers beside it say the same. */
function Bar({ row, of }: { readonly row: WaterfallRow; readonly of: Waterfall }) {
  const { at, span, waitedMs = 0 } = row
  const part = (ms: number) => `${(100 * ms) / Math.max(of.tookMs, 1)}%`
  return (
    <span class="track" aria-hidden="true">
      <span class="wait" style={{ left: part(at - waitedMs), width: part(waitedMs) }} />
      <span class="bar" style={{ left: part(at), width: part(span.durationMs) }} />
    </span>
  )
}

const texts = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))
