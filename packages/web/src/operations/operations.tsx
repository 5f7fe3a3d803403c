import type { Projection, ServiceState } from '@saucery/client/schemas'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { age, count, duration } from '../ui/format.ts'
import { Details } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { Table } from '../ui/table.tsx'
import { DeadLetters } from './dead-letters.tsx'
import { DrillSection } from './drill-section.tsx'
import { isOld, sinceMs, stateAt } from './health.ts'
import { latestOverview } from './overview.ts'
import { followSettledLetters } from './settled-letters.ts'

export function OperationsPage() {
  useEffect(() => {
    const left = new AbortController()
    followSettledLetters(left.signal)
    return () => left.abort()
  }, [])
  const found = latestOverview.value
  return (
    <>
      <h1>{t.frame.operations}</h1>
      {!found && <p class="nothing">{t.operations.loading}</p>}
      <div class="services">
        {found?.services.map((it) => (
          <ServiceSection key={it.service} of={it} since={sinceMs(found, now.value)} />
        ))}
      </div>
      <DrillSection />
    </>
  )
}

/** @param since the age of the answer in ms: its values are older by this */
function ServiceSection({ of, since }: { of: ServiceState; since: number }) {
  const { service, lag, report, answerMs, reason } = of
  const state = stateAt(of, since)
  const id = `service-${service}`
  return (
    <section class="service" aria-labelledby={id}>
      <h2 id={id} class="service-name">
        {service}
      </h2>
      <p>
        <span class={`state ${state}`}>{t.operations[state]}</span>{' '}
        <span class="how">
          {reason ?? (state === 'unknown' ? t.operations.noAnswer : duration(answerMs))}
        </span>
      </p>
      <Aged
        name={t.operations.consumerLag}
        ageMs={lag && lag.ageMs + since}
        by={lag?.readBy === service ? undefined : lag?.readBy}
      >
        {lag && (
          <Table
            items={lag.consumers}
            keyOf={({ stream, durable }) => `${stream} ${durable}`}
            columns={{
              [t.operations.stream]: ({ stream }) => stream,
              [t.operations.pending]: ({ pending }) => <Warning n={pending} />,
              [t.operations.inFlight]: ({ ackPending }) => count(ackPending),
              [t.operations.redelivered]: ({ redelivered }) => <Warning n={redelivered} />,
            }}
          />
        )}
      </Aged>
      <Aged name={t.operations.reported} ageMs={report && report.ageMs + since}>
        {report?.projection && <Building {...report.projection} />}
        {report && (
          <Details
            of={{
              [t.operations.outboxBacklog]: report.outbox && backlogText(report.outbox),
              [t.operations.deadLetters]: <Warning n={report.deadLetters} />,
            }}
          />
        )}
      </Aged>
      <DeadLetters service={service} unhandled={report?.deadLetters ?? 0} />
    </section>
  )
}

interface AgedProps {
  readonly name: string
  /** Undefined for what nobody knows. */
  readonly ageMs: number | undefined
  /** Who read it, where that is not the service itself. */
  readonly by?: string | undefined
  readonly children: ComponentChildren
}

/** Values with their age; greyed when they are old. */
const Aged = ({ name, ageMs, by, children }: AgedProps) => (
  <div class={ageMs === undefined || isOld(ageMs) ? 'aged old' : 'aged'}>
    <p class="aged-name">
      {name} · <span>{ageMs === undefined ? t.operations.unknown : ageText(ageMs)}</span>
      {by && ` · ${t.operations.readBy(by)}`}
    </p>
    {children}
  </div>
)

/** Read each second: a younger value is not older than another. */
const ageText = (ageMs: number) => (ageMs < 3000 ? t.time.now : t.time.ago(age(ageMs)))

type Outbox = NonNullable<NonNullable<ServiceState['report']>['outbox']>

const backlogText = ({ unpublished, oldestMs }: Outbox) =>
  unpublished > 0 ? t.operations.backlog(count(unpublished), duration(oldestMs)) : count(0)

/** A number that should be 0. */
const Warning = ({ n }: { n: number }) => <span class={n > 0 ? 'some' : ''}>{count(n)}</span>

function Building({ version, state, handled, remaining, perSecond }: Projection) {
  if (state === 'ready') return <p>{t.operations.readModel(String(version))}</p>
  const all = handled + remaining
  const left = perSecond ? duration((remaining / perSecond) * 1000) : undefined
  return (
    <div class="building">
      <label for="building">
        {t.operations.building(String(version), count(handled), count(all))}
        {left && `, ${t.operations.readyIn(left)}`}
      </label>
      <progress id="building" max={Math.max(1, all)} value={handled} />
    </div>
  )
}
