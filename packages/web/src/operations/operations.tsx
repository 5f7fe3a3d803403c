import type { Operations, Projection } from '@saucery/client/schemas'
import { client } from '../api/client.ts'
import { count, duration } from '../ui/format.ts'
import { Details, Failure } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { usePolled } from '../ui/use-polled.tsx'
import { DeadLetters, type MonitoredService } from './dead-letters.tsx'

const services: readonly MonitoredService[] = ['order', 'payment', 'delivery', 'dashboard']

export const OperationsPage = () => (
  <>
    <h1>Operations</h1>
    <div class="services">
      {services.map((service) => (
        <ServiceState key={service} service={service} />
      ))}
    </div>
  </>
)

function ServiceState({ service }: { service: MonitoredService }) {
  const read = (signal: AbortSignal) => client.get(`/operations/${service}`, { signal })
  const { found: state, error } = usePolled<Operations>(read, 2000, [service])
  const id = `service-${service}`
  return (
    <section class="service" aria-labelledby={id}>
      <h2 id={id} class="service-name">
        {service}
      </h2>
      <Failure error={error} />
      {state && (
        <>
          {state.projection && <Building {...state.projection} />}
          <Table
            caption="Events not processed yet"
            items={state.consumers}
            keyOf={({ stream, durable }) => `${stream} ${durable}`}
            columns={{
              Stream: ({ stream }) => stream,
              Pending: ({ pending }) => <Warning n={pending} />,
              'In flight': ({ ackPending }) => count(ackPending),
              Redelivered: ({ redelivered }) => <Warning n={redelivered} />,
            }}
          />
          <Details
            of={{
              'Unpublished events': state.outbox && unpublishedText(state.outbox),
              'Dead letters': <Warning n={state.deadLetters} />,
            }}
          />
          <DeadLetters service={service} unhandled={state.deadLetters} />
        </>
      )}
    </section>
  )
}

const unpublishedText = ({ unpublished, oldestMs }: NonNullable<Operations['outbox']>) =>
  `${count(unpublished)}${unpublished > 0 ? `, the oldest for ${duration(oldestMs)}` : ''}`

/** A number that should be 0. */
const Warning = ({ n }: { n: number }) => <span class={n > 0 ? 'some' : ''}>{count(n)}</span>

function Building({ version, state, handled, remaining, perSecond }: Projection) {
  if (state === 'ready') return <p>Read model: version {version}.</p>
  const all = handled + remaining
  const left = perSecond ? duration((remaining / perSecond) * 1000) : undefined
  return (
    <div class="building">
      <label for="building">
        Building read model version {version}: {count(handled)} of {count(all)} events
        {left && `, ready in ${left}`}
      </label>
      <progress id="building" max={Math.max(1, all)} value={handled} />
    </div>
  )
}
