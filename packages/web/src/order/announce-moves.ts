import { t } from '../texts/texts.ts'
import { gather } from '../ui/gather.ts'
import { announcement } from '../ui/parts.tsx'
import { type Move, shortId } from './orders.ts'

/** Announces the moves of some seconds together. */
export const announceMoves = gather<Move>(4000, (moves) => {
  announcement.value = textOfMoves(moves)
}).add

/** Names one order; counts several by their present status. */
export function textOfMoves(moves: readonly Move[]): string {
  const last = new Map(moves.map(({ order }) => [order.orderId, order]))
  const [only] = last.values()
  if (last.size === 1 && only) return t.order.moved(shortId(only.orderId), only.status)
  const counts = new Map<string, number>()
  for (const { status } of last.values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  const parts = [...counts].map(([status, n]) => `${n} ${status}`)
  return t.order.severalMoved(String(last.size), parts.join(', '))
}
