import { type OrderPlan, orderPlans, type PlanName } from '@saucery/contracts/order-plans'

const names = Object.keys(orderPlans) as PlanName[]

/** In percent, or any other unit, by the name as the HTTP API has it: with hyphens. */
export type Mix = Readonly<Record<string, number | undefined>>

/** Draws the way of one order by the shares; without shares all ways have the same. */
export function drawPlan(mix: Mix | undefined, random = Math.random): OrderPlan {
  const shares = names.map((name) => (mix ? (mix[name.replaceAll(' ', '-')] ?? 0) : 1))
  let left = random() * shares.reduce((sum, share) => sum + share, 0)
  const drawn = names.find((_, i) => {
    left -= shares[i] ?? 0
    return left < 0
  })
  return orderPlans[drawn ?? 'delivered']
}

/**
 * How many orders are due now. What could not be sent in time is not made up for: a load that a machine cannot bear
 * gets no worse by lasting.
 */
export function openPacer(now = () => performance.now()) {
  let last = now()
  let owed = 0
  return (perSecond: number): number => {
    const at = now()
    owed = Math.min(owed + ((at - last) / 1000) * perSecond, Math.max(1, perSecond / 4))
    last = at
    const due = Math.floor(owed)
    owed -= due
    return due
  }
}
