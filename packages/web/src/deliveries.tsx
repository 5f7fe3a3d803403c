import { useState } from 'preact/hooks'
import { announce } from './announce.ts'
import { api } from './client.ts'
import { age } from './format.ts'
import { now } from './now.ts'
import { shortId } from './orders.ts'
import { MorePages, usePage } from './paged.tsx'
import { Failure } from './parts.tsx'
import { may } from './session.ts'
import type { Delivery } from './types.ts'

const everyMs = 3000

/** What is on its way: for couriers, who see deliveries and not orders. */
export function DeliveriesPage() {
  const { page, error, read } = usePage<Delivery>('deliveries?status=STARTED&limit=100', everyMs)
  return (
    <section>
      <h1>Deliveries on their way</h1>
      <Failure error={error} />
      {!page && !error && <p class="nothing">Reading what is on its way…</p>}
      {page?.items.length === 0 && <p class="nothing">Nothing is on its way.</p>}
      <ul class="deliveries">
        {page?.items.map((delivery) => (
          <OnItsWay key={delivery.orderId} delivery={delivery} onEnded={read} />
        ))}
      </ul>
      <MorePages next={page?.next} />
    </section>
  )
}

const labels = { complete: 'It arrived', fail: 'It did not arrive' } as const

function OnItsWay({ delivery, onEnded }: { delivery: Delivery; onEnded: () => Promise<void> }) {
  const { orderId, branchId, sauceId, qty, startedAt } = delivery
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>(undefined)
  async function end(how: 'complete' | 'fail'): Promise<void> {
    setBusy(true)
    setError(undefined)
    try {
      await api.post(`deliveries/${orderId}/${how}`)
      announce(`Order ${shortId(orderId)}: ${labels[how]}`)
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
          {(['complete', 'fail'] as const).map((how) => (
            <button key={how} type="button" disabled={busy} onClick={() => void end(how)}>
              {labels[how]}
            </button>
          ))}
        </fieldset>
      )}
      <Failure error={error} />
    </li>
  )
}
