import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { may } from '../api/client.ts'
import { latestOverview } from '../operations/overview.ts'
import { serviceRows } from '../order/choreography.ts'
import { eventAddress } from '../order/event-address.ts'
import { shortId } from '../order/orders.ts'
import { t } from '../texts/texts.ts'
import { clock, count, duration } from '../ui/format.ts'
import { Details } from '../ui/parts.tsx'
import { useHeld } from '../ui/use-held.ts'
import type { FlowEdge } from './edges.ts'
import { eventStatuses } from './event-statuses.ts'
import type { FlowData } from './flow-data.ts'
import type { ServiceHealth } from './flow-health.ts'
import { healthIn, numbersOf, rateText } from './numbers.ts'

interface PanelProps {
  readonly flow: FlowData
  readonly health: readonly ServiceHealth[] | undefined
  readonly onClose: () => void
}

const Panel = ({
  title,
  onClose,
  children,
}: {
  title: string
  onClose: () => void
  children: ComponentChildren
}) => (
  <section class="flow-panel" aria-label={title}>
    <div class="flow-head">
      <h3>{title}</h3>
      <button type="button" onClick={onClose}>
        {t.flow.close}
      </button>
    </div>
    {children}
  </section>
)

/** The last events of an edge. They hold still while the pointer or the focus is among them. */
export function EdgePanel({ edge, flow, health, onClose }: PanelProps & { edge: FlowEdge }) {
  const list = useRef<HTMLUListElement>(null)
  flow.version.value
  const { rows, release } = useHeld(list, flow.lastOf(edge.id), ({ id }) => id)
  const { perSecond, waiting } = numbersOf(edge, flow, health)
  return (
    <Panel title={`${edge.from} → ${edge.to}`} onClose={onClose}>
      <p class="flow-note">
        {rateText(perSecond)}
        {waiting !== undefined && ` · ${t.flow.waiting(count(waiting))}`}
        {` · ${t.flow.lastEvents}`}
      </p>
      {rows.length === 0 && <p class="nothing">{t.flow.noEvents}</p>}
      <ul ref={list} class="last-events" onPointerLeave={release} onFocusOut={release}>
        {rows.map(({ item: { id, name, orderId, time } }) => (
          <li key={id} class={`status-${eventStatuses[name].toLowerCase()}`}>
            <time dateTime={time}>{clock(time)}</time>{' '}
            <a href={eventAddress(orderId, id)}>
              {name} <span class="id">{shortId(orderId)}</span>
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** How a service is, as far as the caller may know. */
export function ServicePanel({ service, health, onClose }: PanelProps & { service: string }) {
  const row = serviceRows.find((it) => it.service === service)
  const of = healthIn(health, service)
  const { answerMs, reason, report } =
    latestOverview.value?.services.find((it) => it.service === service) ?? {}
  const waiting = Object.entries(of?.waiting ?? {}).map(([stream, n]) => [t.flow.waitingIn(stream), count(n)])
  return (
    <Panel title={service} onClose={onClose}>
      {of ? (
        <Details
          of={{
            [t.flow.state]: (
              <>
                <span class={`state ${of.state}`}>{t.flow.states[of.state]}</span> {reason}
              </>
            ),
            [t.flow.answersIn]:
              reason === undefined && answerMs !== undefined ? duration(answerMs) : undefined,
            ...Object.fromEntries(waiting),
            [t.flow.unpublished]: report?.outbox && count(report.outbox.unpublished),
            [t.flow.deadLettersName]: report && count(report.deadLetters),
          }}
        />
      ) : (
        <p class="nothing">{t.flow.forOperators}</p>
      )}
      {may('operate') && <a href="#/operations">{t.frame.operations}</a>}
      <Details
        of={{
          [t.flow.publishes]: row?.publishes.join(', ') || undefined,
          [t.flow.consumes]: row?.consumes.join(', '),
        }}
      />
    </Panel>
  )
}
