import { announce } from '../ui/announce.ts'
import { type Move, shortId } from './orders.ts'

const everyMs = 4000
let waiting: Move[] = []

/** Announces the moves of some seconds together. */
export function announceMoves(moves: readonly Move[]): void {
  if (moves.length === 0) return
  const isFirst = waiting.length === 0
  waiting.push(...moves)
  if (!isFirst) return
  setTimeout(() => {
    announce(textOfMoves(waiting))
    waiting = []
  }, everyMs)
}

/** Names one order; counts several by their present status. */
export function textOfMoves(moves: readonly Move[]): string {
  const last = new Map(moves.map(({ order }) => [order.orderId, order]))
  const [only] = last.values()
  if (last.size === 1 && only) return `Order ${shortId(only.orderId)}: ${only.status}`
  const counts = new Map<string, number>()
  for (const { status } of last.values()) counts.set(status, (counts.get(status) ?? 0) + 1)
  const parts = [...counts].map(([status, n]) => `${n} ${status}`)
  return `${last.size} orders moved: ${parts.join(', ')}`
}
