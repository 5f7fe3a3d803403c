import type { OrderStory, OrderTraces, OrderView } from '@saucery/client/schemas'
import type { Paint } from '@saucery/local/demo/paint'
import { span, table, when } from './table.ts'

interface Told {
  readonly view: OrderView | undefined
  readonly story: OrderStory
  /** Undefined where the system has no trace store. */
  readonly traces: OrderTraces['traces'] | undefined
}

/** All that is known of one order: what happened, what it waits for, what fails, and what can still happen. */
export function storyText({ view, story, traces }: Told, paint: Paint): string {
  const parts = [
    headOf(story, view, paint),
    view && timelineOf(view),
    section(
      'Waits for',
      story.waitsFor.map((wait) => waitText(wait, story)),
    ),
    section(paint('red', 'Fails'), story.services.flatMap(failuresOf)),
    section('Operators', story.services.flatMap(settledOf)),
    section(
      'Can still happen',
      story.remaining.map(({ events, status }) => `${events.join(' → ')}  (${status})`),
    ),
    traces && section('Traces', traces.map(traceText)),
  ]
  return parts.filter(Boolean).join('\n\n')
}

const section = (title: string, lines: readonly string[]) =>
  lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)].join('\n') : ''

function headOf({ orderId, status }: OrderStory, view: OrderView | undefined, paint: Paint): string {
  const { branchId, sauceId, qty, amount } = view ?? {}
  const what = view
    ? `branch ${branchId} · ${qty} × ${sauceId} · ₩${amount}`
    : 'the dashboard does not know it yet'
  return `${orderId}  ${paint('bold', status ?? 'unknown')}  ${what}`
}

function timelineOf({ timeline }: OrderView): string {
  const known = new Map(timeline.map(({ id, event }) => [id, event]))
  const rows = timeline.map(({ time, event, data, cause, actor, stream, sequence }) => [
    when(time),
    typeof data.reason === 'string' ? `${event} (${data.reason})` : event,
    known.get(cause) ?? (actor ? `a request of ${actor.subject ?? 'someone'} (${actor.role})` : cause),
    `${stream} ${sequence ?? ''}`,
  ])
  return table(['TIME', 'EVENT', 'CAUSED BY', 'STREAM'], rows)
}

function waitText({ service, events }: OrderStory['waitsFor'][number], { services }: OrderStory): string {
  const part = services.find((one) => one.service === service)
  const behind = part?.behind
  const why = [
    part?.reason,
    behind &&
      behind.messages > 0 &&
      `which is behind by ${behind.messages} message${behind.messages === 1 ? '' : 's'}`,
    part?.state === 'down' && 'which is down',
  ].filter(Boolean)
  return [`${service}: ${events.join(' or ')}`, ...why].join(', ')
}

function failuresOf({ service, failures }: OrderStory['services'][number]): string[] {
  if (!failures) return []
  const next = (time: string | undefined) =>
    time === undefined ? '' : `, tried again in ${span(Math.max(0, Date.parse(time) - Date.now()))}`
  return [
    ...failures.failing.map(
      ({ event, tries, error, nextTryAt }) =>
        `${service}: ${event}, ${tries} tries, ${error}${next(nextTryAt)}`,
    ),
    ...(failures.deadLetters ?? []).map(
      ({ event, subject, tries, error, sequence, state }) =>
        `${service}: ${event ?? subject} is dead letter ${sequence} (${state}) after ${tries} tries, ${error}`,
    ),
    ...failures.calls.map(
      ({ asked, tries, error, nextTryAt }) =>
        `${service}: the ${asked} has no known outcome after ${tries} tries, ${error}${next(nextTryAt)}`,
    ),
  ]
}

const settledOf = ({ service, failures }: OrderStory['services'][number]): string[] =>
  (failures?.settled ?? []).map(
    ({ event, subject, state, settledAt, settledBy, discardReason }) =>
      `${when(settledAt ?? '')}  ${settledBy} ${state === 'discarded' ? 'discarded' : 'retried'} ` +
      `${event ?? subject} in ${service}${discardReason === undefined ? '' : `: ${discardReason}`}`,
  )

function traceText({ traceId, spans }: OrderTraces['traces'][number]): string {
  const began = Math.min(...spans.map(({ startMs }) => startMs))
  const ended = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs))
  return `${traceId}  ${spans.length} ${spans.length === 1 ? 'span' : 'spans'}, ${span(ended - began)}`
}
