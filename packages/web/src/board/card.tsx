import type { OrderView } from '@saucery/client/schemas'
import { isOverdue, placedMs, shortId } from '../order/orders.ts'
import { classOf } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { age, formatWon } from '../ui/format.ts'

interface CardProps {
  readonly order: OrderView
  readonly now: number
  /** The order has left the column, and its card goes when nobody is about to press it. */
  readonly isGone: boolean
}

export function Card({ order, now, isGone }: CardProps) {
  const { orderId, branchId, amount, status } = order
  const late = isOverdue(order, now)
  return (
    <li class={`card${late ? ' late' : ''}${isGone ? ` gone ${classOf(status)}` : ''}`}>
      <a href={`#/orders/${orderId}`} data-order={orderId}>
        <span class="ends">
          <span class="id">{shortId(orderId)}</span>{' '}
          <span class="age">{age(Math.max(0, now - placedMs(orderId)))}</span>
        </span>
        <span class="what">{whatOf(order)}</span>
        <span class="ends">
          <span class="branch">{branchId}</span> {amount !== undefined && <span>{formatWon(amount)}</span>}
        </span>
        {isGone && <span class="gone-mark">{t.board.movedTo(status)}</span>}
        {late && <span class="late-mark">{t.board.overdue}</span>}
      </a>
    </li>
  )
}

export const whatOf = ({ sauceId, qty }: OrderView): string =>
  sauceId === undefined ? t.board.unknown : `${qty} × ${sauceId}`
