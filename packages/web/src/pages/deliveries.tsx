import type { Delivery } from '@saucery/client/schemas'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { client, may } from '../api/client.ts'
import { shortId, wholeIdIn } from '../order/orders.ts'
import { t } from '../texts/texts.ts'
import { age, count, dayAndTime, fromNow } from '../ui/format.ts'
import { ListState } from '../ui/parts.tsx'
import { now } from '../ui/screen.ts'
import { useHeld } from '../ui/use-held.ts'
import { MorePages, usePage } from '../ui/use-polled.tsx'
import { EndDelivery } from './end-delivery.tsx'

/** The oldest first: they have waited longest. */
const readStarted = (
  query: { readonly cursor?: string | undefined; readonly orderId?: string },
  signal: AbortSignal,
) => client.get('/deliveries', { query: { status: 'STARTED', sort: 'oldest', limit: 100, ...query }, signal })

const idOf = ({ orderId }: Delivery) => orderId

const textOf = (delivery: Delivery): string =>
  ('startedAt' in delivery ? [delivery.orderId, delivery.branchId, delivery.sauceId] : [delivery.orderId])
    .join(' ')
    .toLowerCase()

/** The deliveries under way. Couriers see no orders, so for them it is the start page. */
export function DeliveriesPage() {
  const [wanted, setWanted] = useState('')
  // Of the others only those of this page are searched.
  const orderId = wholeIdIn(wanted)
  const { page, error, read } = usePage(
    (cursor, signal) => readStarted(orderId === undefined ? { cursor } : { orderId }, signal),
    3000,
    [orderId],
  )
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
        {t.deliveries.title}
      </h1>
      <p class="search">
        <label>
          {t.deliveries.search}{' '}
          <input
            type="search"
            value={wanted}
            placeholder={t.deliveries.searchFor}
            aria-describedby="search-hint"
            onInput={({ currentTarget }) => setWanted(currentTarget.value)}
          />
        </label>
        <small id="search-hint">{t.deliveries.searches}</small>
        <span role="status">{added > 0 && t.deliveries.added(String(added))}</span>
      </p>
      <ListState
        items={page && rows}
        error={error}
        empty={orderId === undefined ? t.deliveries.none : t.deliveries.noneWithId}
      />
      {rows.length > 0 && matching.length === 0 && <p class="nothing">{t.deliveries.noMatch}</p>}
      <ul class="deliveries" ref={list} onPointerLeave={release} onFocusOut={release}>
        {matching.map(({ item, isGone }) => (
          <DeliveryRow key={item.orderId} delivery={item} isGone={isGone} onEnded={onEnded} />
        ))}
      </ul>
      <MorePages next={page?.next} names={{ first: t.deliveries.oldest, next: t.deliveries.newer }} />
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
            {t.deliveries.parcel(count(delivery.qty), delivery.sauceId, delivery.branchId)}
          </span>
          <span class="age">{age(Math.max(0, now.value - Date.parse(delivery.startedAt)))}</span>
          {'dueAt' in delivery && <Due at={delivery.dueAt} />}
        </>
      )}
      {isGone ? (
        <span>{t.deliveries.gone}</span>
      ) : (
        may('end-deliveries') && (
          <EndDelivery orderId={orderId} name={t.frame.orderTitle(name)} onEnded={onEnded} />
        )
      )}
    </li>
  )
}

/** After it the delivery counts as failed. */
function Due({ at }: { at: string }) {
  const isLate = Date.parse(at) < now.value
  return (
    <time class={isLate ? 'due late' : 'due'} dateTime={at} title={dayAndTime(at)}>
      {(isLate ? t.common.wasDue : t.common.due)(fromNow(at, now.value))}
    </time>
  )
}
