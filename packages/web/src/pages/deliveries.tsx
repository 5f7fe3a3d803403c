import type { Delivery } from '@saucery/client/schemas'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { client, may } from '../api/client.ts'
import { ActionButtons, type ActionName, endings, orderActions, sendAction } from '../order/actions.tsx'
import { shortId } from '../order/orders.ts'
import { age } from '../ui/format.ts'
import { announcement, ListState } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { MorePages, usePage } from '../ui/use-polled.tsx'

const readStarted = (cursor: string | undefined, signal: AbortSignal) =>
  client.get('/deliveries', { query: { status: 'STARTED', limit: 100, cursor }, signal })

/** The deliveries under way. Couriers see no orders, so for them it is the start page. */
export function DeliveriesPage() {
  const { page, error, read } = usePage(readStarted, 3000)
  const heading = useRef<HTMLHeadingElement>(null)
  const hasEnded = useRef<'ended' | undefined>(undefined)
  // The pressed button goes away with its delivery: the keyboard's focus moves to the heading.
  useLayoutEffect(() => {
    if (hasEnded.current === undefined || document.activeElement !== document.body) return
    hasEnded.current = undefined
    heading.current?.focus()
  })
  const onEnded = () => {
    hasEnded.current = 'ended'
    return read()
  }
  return (
    <section>
      <h1 ref={heading} tabIndex={-1}>
        Deliveries under way
      </h1>
      <ListState
        items={page?.items}
        error={error}
        loading="Loading deliveries…"
        empty="No deliveries are under way."
      />
      <ul class="deliveries">
        {page?.items.map((delivery) => (
          <DeliveryRow key={delivery.orderId} delivery={delivery} onEnded={onEnded} />
        ))}
      </ul>
      <MorePages next={page?.next} />
    </section>
  )
}

function DeliveryRow({ delivery, onEnded }: { delivery: Delivery; onEnded: () => Promise<void> }) {
  const { orderId } = delivery
  const name = shortId(orderId)
  async function run(action: ActionName): Promise<void> {
    await sendAction(action, orderId)
    announcement.value = `Order ${name}: ${orderActions[action].done}`
    await onEnded()
  }
  return (
    <li>
      <span class="id">{may('read-views') ? <a href={`#/orders/${orderId}`}>{name}</a> : name}</span>
      {'startedAt' in delivery && (
        <>
          <span>
            {delivery.qty} × {delivery.sauceId} for {delivery.branchId}
          </span>
          <span class="age">{age(Math.max(0, now.value - Date.parse(delivery.startedAt)))}</span>
        </>
      )}
      <ActionButtons names={may('end-deliveries') ? endings : []} label={`Order ${name}`} run={run} />
    </li>
  )
}
