import { useEffect, useMemo, useState } from 'preact/hooks'
import { api } from './client.ts'
import { age } from './format.ts'
import { now } from './now.ts'
import { shortId } from './orders.ts'
import { Failure } from './parts.tsx'
import { polled } from './polled.ts'
import { may } from './session.ts'
import type { Delivery, Page } from './types.ts'

const everyMs = 3000

const openDeliveries = () => polled<Page<Delivery>>('deliveries?status=STARTED&limit=100', everyMs)

/** What is on its way: for couriers, who see deliveries and not orders. */
export function DeliveriesPage() {
  const data = useMemo(openDeliveries, [])
  useEffect(() => data.close, [data])
  const page = data.found.value
  return (
    <section>
      <h1>Deliveries on their way</h1>
      <Failure error={data.error.value} />
      {page?.items.length === 0 && <p class="nothing">Nothing is on its way.</p>}
      <ul class="deliveries">
        {page?.items.map((delivery) => (
          <OnItsWay key={delivery.orderId} delivery={delivery} onEnded={data.read} />
        ))}
      </ul>
    </section>
  )
}

function OnItsWay({ delivery, onEnded }: { delivery: Delivery; onEnded: () => Promise<void> }) {
  const { orderId, branchId, sauceId, qty, startedAt } = delivery
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>(undefined)
  async function end(how: 'complete' | 'fail'): Promise<void> {
    setBusy(true)
    try {
      await api.post(`deliveries/${orderId}/${how}`)
      await onEnded()
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <li>
      <span class="id">
        {may('read-views') ? <a href={`#/orders/${orderId}`}>{shortId(orderId)}</a> : shortId(orderId)}
      </span>
      <span>
        {qty} × {sauceId} for {branchId}
      </span>
      {startedAt && <span class="age">{age(Math.max(0, now.value - Date.parse(startedAt)))}</span>}
      {may('end-deliveries') && (
        <fieldset class="buttons" aria-label={`Order ${shortId(orderId)}`}>
          <button type="button" disabled={busy} onClick={() => void end('complete')}>
            It arrived
          </button>
          <button type="button" disabled={busy} onClick={() => void end('fail')}>
            It did not arrive
          </button>
        </fieldset>
      )}
      <Failure error={error} />
    </li>
  )
}
