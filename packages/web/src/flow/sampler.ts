/** So many dots start on an edge in a second at most, in the time of the dots, and for a moment so many more. */
const perSecond = 5
const burst = 5
/** So many orders are followed: the last ones. */
const followed = 200

/**
 * Decides which events get a dot. Where there are more than `perSecond`, those of an order of which one was taken go
 * before others, so that one order can be followed by eye.
 */
export function openSampler() {
  const levels = new Map<string, { level: number; at: number }>()
  const orders = new Set<string>()

  /** @param at in ms of the dots' time */
  return function take(edge: string, orderId: string, at: number): boolean {
    const last = levels.get(edge) ?? { level: burst, at }
    const level = Math.min(burst, last.level + ((at - last.at) / 1000) * perSecond)
    const isTaken = level >= 1 || (orders.has(orderId) && level > -burst)
    levels.set(edge, { level: isTaken ? level - 1 : level, at })
    if (isTaken) {
      orders.add(orderId)
      const [oldest] = orders
      if (orders.size > followed && oldest !== undefined) orders.delete(oldest)
    }
    return isTaken
  }
}
