import { signal } from '@preact/signals'
import { type Move, shortId } from '../order/orders.ts'

/** What a screen reader is told, when it has time. */
export const announcement = signal('')

/** Says at once what somebody did. */
export function announce(text: string): void {
  announcement.value = text
}

const everyMs = 4000
let waiting: Move[] = []

/** Says what moved, some seconds' moves as one. */
export function announceMoves(moves: readonly Move[]): void {
  if (moves.length === 0) return
  const isFirst = waiting.length === 0
  waiting.push(...moves)
  if (!isFirst) return
  setTimeout(() => {
    announcement.value = textOf(waiting)
    waiting = []
  }, everyMs)
}

/** One order by its name; of several, how many are where now. */
export function textOf(moves: readonly Move[]): string {
  const last = new Map(moves.map(({ order }) => [order.orderId, order]))
  const [only] = last.values()
  if (last.size === 1 && only) return `Order ${shortId(only.orderId)}: ${only.status}`
  const counts = new Map<string, number>()
  for (const { status } of last.values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  const parts = [...counts].map(([status, n]) => `${n} ${status}`)
  return `${last.size} orders moved: ${parts.join(', ')}`
}
