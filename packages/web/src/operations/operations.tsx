import { useEffect, useMemo } from 'preact/hooks'
import type { Operations, Projection } from '../api/types.ts'
import { count, duration } from '../ui/format.ts'
import { Fact, Failure } from '../ui/parts.tsx'
import { polled } from '../ui/polled.ts'
import { DeadLetters } from './dead-letters.tsx'

const services = ['order', 'payment', 'delivery', 'dashboard'] as const

type ServiceName = (typeof services)[number]

const everyMs = 2000

const openOperations = (service: ServiceName) => polled<Operations>(() => `operations/${service}`, everyMs)

/** How each service keeps up, and what it could not handle. */
export function OperationsPage() {
  return (
    <>
      <h1>Operations</h1>
      <div class="services">
        {services.map((service) => (
          <ServiceState key={service} service={service} />
        ))}
      </div>
    </>
  )
}

function ServiceState({ service }: { service: ServiceName }) {
  const data = useMemo(() => openOperations(service), [service])
  useEffect(() => data.close, [data])
  const state = data.found.value
  const id = `service-${service}`
  return (
    <section class="service" aria-labelledby={id}>
      <h2 id={id} class="service-name">
        {service}
      </h2>
      <Failure error={data.error.value} />
      {state && (
        <>
          {state.projection && <Building projection={state.projection} />}
          <table>
            <caption>Events that it has yet to handle</caption>
            <thead>
              <tr>
                <th scope="col">Stream</th>
                <th scope="col">Waiting</th>
                <th scope="col">In hand</th>
                <th scope="col">Sent again</th>
              </tr>
            </thead>
            <tbody>
              {state.consumers.map(({ stream, durable, pending, ackPending, redelivered }) => (
                <tr key={`${stream} ${durable}`}>
                  <th scope="row">{stream}</th>
                  <td class={pending > 0 ? 'some' : ''}>{count(pending)}</td>
                  <td>{count(ackPending)}</td>
                  <td class={redelivered > 0 ? 'some' : ''}>{count(redelivered)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <dl class="facts">
            {state.outbox && (
              <Fact name="Outbox, unpublished">
                {count(state.outbox.unpublished)}
                {state.outbox.unpublished > 0 && `, for ${duration(state.outbox.oldestMs)}`}
              </Fact>
            )}
            <Fact name="Dead letters">
              <span class={state.deadLetters > 0 ? 'some' : ''}>{count(state.deadLetters)}</span>
            </Fact>
          </dl>
          <DeadLetters service={service} unhandled={state.deadLetters} />
        </>
      )}
    </section>
  )
}

function Building({
  projection: { version, state, handled, remaining, perSecond },
}: {
  projection: Projection
}) {
  const all = handled + remaining
  const left = perSecond ? duration((remaining / perSecond) * 1000) : undefined
  if (state === 'ready') return <p>Its orders are built as version {version}.</p>
  return (
    <div class="building">
      <label for="building">
        Building version {version}: {count(handled)} of {count(all)} events
        {left && `, ready in ${left}`}
      </label>
      <progress id="building" max={Math.max(1, all)} value={handled} />
    </div>
  )
}
