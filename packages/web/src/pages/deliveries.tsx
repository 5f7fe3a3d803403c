import { useLayoutEffect, useRef } from 'preact/hooks'
import { api } from '../api/client.ts'
import { may } from '../api/session.ts'
import type { Delivery } from '../api/types.ts'
import { shortId } from '../order/orders.ts'
import { announce } from '../ui/announce.ts'
import { useDoing } from '../ui/doing.ts'
import { age } from '../ui/format.ts'
import { now } from '../ui/now.ts'
import { MorePages, usePage } from '../ui/paged.tsx'
import { Failure } from '../ui/parts.tsx'

const everyMs = 3000

/** What is on its way: for couriers, who see deliveries and not orders. */
export function DeliveriesPage() {
  const { page, error, read } = usePage<Delivery>('deliveries?status=STARTED&limit=100', everyMs)
  const heading = useRef<HTMLHeadingElement>(null)
  const lately = useRef<'ended' | undefined>(undefined)
  // The button that was pressed goes with its delivery: who goes on with the keyboard goes on from the beginning.
  useLayoutEffect(() => {
    if (lately.current === undefined || document.activeElement !== document.body) return
    lately.current = undefined
    heading.current?.focus()
  })
  const onEnded = () => {
    lately.current = 'ended'
    return read()
  }
  return (
    <section>
      <h1 ref={heading} tabIndex={-1}>
        Deliveries on their way
      </h1>
      <Failure error={error} />
      {!page && !error && <p class="nothing">Reading what is on its way…</p>}
      {page?.items.length === 0 && <p class="nothing">Nothing is on its way.</p>}
      <ul class="deliveries">
        {page?.items.map((delivery) => (
          <OnItsWay key={delivery.orderId} delivery={delivery} onEnded={onEnded} />
        ))}
      </ul>
      <MorePages next={page?.next} />
    </section>
  )
}

const labels = { complete: 'It arrived', fail: 'It did not arrive' } as const

function OnItsWay({ delivery, onEnded }: { delivery: Delivery; onEnded: () => Promise<void> }) {
  const { orderId, branchId, sauceId, qty, startedAt } = delivery
  const { busy, error, act } = useDoing()
  const end = (how: keyof typeof labels) =>
    act(async () => {
      await api.post(`deliveries/${orderId}/${how}`)
      announce(`Order ${shortId(orderId)}: ${labels[how]}`)
      await onEnded()
    })
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
            <button key={how} type="button" aria-disabled={busy} onClick={() => void end(how)}>
              {labels[how]}
            </button>
          ))}
        </fieldset>
      )}
      <Failure error={error} />
    </li>
  )
}
