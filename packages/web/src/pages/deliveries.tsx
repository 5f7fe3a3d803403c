import type { Delivery } from '@saucery/client/schemas'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { client, may } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { age } from '../ui/format.ts'
import { ListState } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { useHeld } from '../ui/use-held.ts'
import { MorePages, usePage } from '../ui/use-polled.tsx'
import { EndDelivery } from './end-delivery.tsx'

/** The oldest first: they have waited longest. */
const readStarted = (cursor: string | undefined, signal: AbortSignal) =>
  client.get('/deliveries', { query: { status: 'STARTED', sort: 'oldest', limit: 100, cursor }, signal })

const idOf = ({ orderId }: Delivery) => orderId

const textOf = (delivery: Delivery): string =>
  ('startedAt' in delivery ? [delivery.orderId, delivery.branchId, delivery.sauceId] : [delivery.orderId])
    .join(' ')
    .toLowerCase()

/** The deliveries under way. Couriers see no orders, so for them it is the start page. */
export function DeliveriesPage() {
  const { page, error, read } = usePage(readStarted, 3000)
  const [wanted, setWanted] = useState('')
  const heading = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const hasEnded = useRef<'ended' | undefined>(undefined)
  // The button goes away with its delivery: the keyboard's focus moves to the heading.
  useLayoutEffect(() => {
    if (hasEnded.current === undefined || document.activeElement !== document.body) return
    hasEnded.current = undefined
    heading.current?.focus()
  })
  const onEnded = () => {
    hasEnded.current = 'ended'
    return read()
  }
  const found = page?.items ?? []
  const { rows, added, release } = useHeld(list, found, idOf)
  const matching = rows.filter(({ item }) => textOf(item).includes(wanted.trim().toLowerCase()))
  return (
    <section>
      <h1 ref={heading} tabIndex={-1}>
        Deliveries under way
      </h1>
      <p class="search">
        <label>
          Search{' '}
          <input
            type="search"
            value={wanted}
            placeholder="Order, branch or sauce"
            onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          />
        </label>
        <span role="status">{added > 0 && `${added} new`}</span>
      </p>
      <ListState
        items={page && rows}
        error={error}
        loading="Loading deliveries…"
        empty="No deliveries are under way."
      />
      {rows.length > 0 && matching.length === 0 && <p class="nothing">No delivery on this page matches.</p>}
      <ul class="deliveries" ref={list} onPointerLeave={release} onFocusOut={release}>
        {matching.map(({ item, isGone }) => (
          <DeliveryRow key={item.orderId} delivery={item} isGone={isGone} onEnded={onEnded} />
        ))}
      </ul>
      <MorePages next={page?.next} names={{ first: 'Oldest', next: 'Newer' }} />
    </section>
  )
}

interface DeliveryRowProps {
  readonly delivery: Delivery
  /** It has ended, and goes away when nobody uses the list. */
  readonly isGone: boolean
  readonly onEnded: () => Promise<void>
}

function DeliveryRow({ delivery, isGone, onEnded }: DeliveryRowProps) {
  const { orderId } = delivery
  const name = shortId(orderId)
  return (
    <li class={isGone ? 'gone' : undefined}>
      <span class="id">{may('read-views') ? <a href={`#/orders/${orderId}`}>{name}</a> : name}</span>
      {'startedAt' in delivery && (
        <>
          <span class="parcel">
            {delivery.qty} × {delivery.sauceId} for {delivery.branchId}
          </span>
          <span class="age">{age(Math.max(0, now.value - Date.parse(delivery.startedAt)))}</span>
        </>
      )}
      {isGone ? (
        <span>No longer under way</span>
      ) : (
        may('end-deliveries') && <EndDelivery orderId={orderId} name={`Order ${name}`} onEnded={onEnded} />
      )}
    </li>
  )
}
