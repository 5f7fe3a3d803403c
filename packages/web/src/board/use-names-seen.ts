import { useRef } from 'preact/hooks'
import type { Orders } from '../order/orders.ts'

const mostNames = 200

interface NamesSeen {
  readonly branches: ReadonlySet<string>
  readonly sauces: ReadonlySet<string>
}

/** The branches and sauces of all orders that were loaded since the board was opened, whatever the filter was. */
export function useNamesSeen(orders: Orders): NamesSeen {
  const seen = useRef<NamesSeen>({ branches: new Set(), sauces: new Set() })
  const last = useRef<Orders | undefined>(undefined)
  if (last.current === orders) return seen.current
  last.current = orders
  const { branches, sauces } = seen.current
  const all = [...orders.values()]
  const more = {
    branches: withNames(
      branches,
      all.map(({ branchId }) => branchId),
    ),
    sauces: withNames(
      sauces,
      all.map(({ sauceId }) => sauceId),
    ),
  }
  // A new object only for new names: the form is drawn again for one.
  if (more.branches.size > branches.size || more.sauces.size > sauces.size) seen.current = more
  return seen.current
}

const withNames = (seen: ReadonlySet<string>, names: readonly (string | undefined)[]) =>
  new Set([...new Set([...seen, ...names.filter((name) => name !== undefined)])].slice(0, mostNames))
