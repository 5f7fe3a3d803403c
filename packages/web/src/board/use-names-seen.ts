import { useRef } from 'preact/hooks'
import type { Orders } from '../order/orders.ts'

const mostNames = 200

/** The branches and sauces of all orders that were loaded since the board was opened, whatever the filter was. */
export function useNamesSeen(orders: Orders) {
  const seen = useRef({
    orders: undefined as Orders | undefined,
    branches: new Set<string>(),
    sauces: new Set<string>(),
  })
  if (seen.current.orders === orders) return seen.current
  const { branches, sauces } = seen.current
  const add = (names: Set<string>, name: string | undefined) => {
    if (name !== undefined && names.size < mostNames) names.add(name)
  }
  for (const { branchId, sauceId } of orders.values()) {
    add(branches, branchId)
    add(sauces, sauceId)
  }
  seen.current.orders = orders
  return seen.current
}
