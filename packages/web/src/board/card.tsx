import type { OrderView } from '@saucery/client/schemas'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { isOverdue, placedMs, shortId } from '../order/orders.ts'
import { age, formatWon } from '../ui/format.ts'

/** One order on the board. */
export function Card({ order, now }: { order: OrderView; now: number }) {
  const { orderId, branchId, sauceId, qty, amount } = order
  const late = isOverdue(order, now)
  return (
    <li class={late ? 'card late' : 'card'}>
      <a href={`#/orders/${orderId}`} data-order={orderId}>
        <span class="ends">
          <span class="id">{shortId(orderId)}</span>{' '}
          <span class="age">{age(Math.max(0, now - placedMs(orderId)))}</span>
        </span>
        <span class="what">{sauceId === undefined ? 'details not known yet' : `${qty} × ${sauceId}`}</span>
        <span class="ends">
          <span class="branch">{branchId}</span> {amount !== undefined && <span>{formatWon(amount)}</span>}
        </span>
        {late && <span class="late-mark">overdue</span>}
      </a>
    </li>
  )
}

/** A card that moves to another column is a new element: gives it the focus that the old one had. */
export function useKeptFocus(): void {
  const last = useRef<string | undefined>(undefined)
  useEffect(() => {
    const remember = ({ target }: Event) => {
      last.current = target instanceof HTMLElement ? target.dataset.order : undefined
    }
    // A press elsewhere ends it.
    const events = ['focusin', 'pointerdown']
    for (const event of events) document.addEventListener(event, remember)
    return () => {
      for (const event of events) document.removeEventListener(event, remember)
    }
  }, [])
  useLayoutEffect(() => {
    if (last.current === undefined || document.activeElement !== document.body) return
    document
      .querySelector<HTMLElement>(`[data-order="${CSS.escape(last.current)}"]`)
      ?.focus({ preventScroll: true })
  })
}
