import { isFinal } from '@saucery/contracts/status'
import { beginnings, isQuiet, isStrict, type Rules, stepsFrom, type World } from './model.ts'

export interface Exploration {
  readonly states: number
  readonly quietStates: number
  /** Final statuses that were reached. */
  readonly endings: ReadonlySet<string>
  /** The first world that breaks an invariant, with the steps that lead there. */
  readonly violation?: { readonly invariant: string; readonly path: string[] }
}

/** Visits every world that can be reached, breadth first, so that the path to a violation is a shortest one. */
export function explore(rules: Rules): Exploration {
  const queue = beginnings(rules)
  const from = new Map<string, { key: string; action: string } | undefined>(
    queue.map((world) => [keyOf(world), undefined]),
  )
  const endings = new Set<string>()
  let quietStates = 0
  for (const world of queue) {
    const key = keyOf(world)
    const quiet = isQuiet(world)
    const broken = always(world) ?? (quiet ? whenQuiet(world) : undefined)
    if (broken)
      return {
        states: from.size,
        quietStates,
        endings,
        violation: { invariant: broken, path: pathTo(key, from) },
      }
    if (quiet) {
      quietStates += 1
      if (world.order && isFinal(world.order.status)) endings.add(world.order.status)
    }
    for (const { action, to } of stepsFrom(world, rules)) {
      if (to === world) continue
      const next = keyOf(to)
      if (from.has(next)) continue
      from.set(next, { key, action })
      queue.push(to)
    }
  }
  return { states: from.size, quietStates, endings }
}

// What differs between worlds, and nothing else: everybody's data of the one order are the same. In what order
// events were said is forgotten: no state depends on it.
function keyOf(world: World): string {
  const { order, payment, delivery, dashboard, said, heard, charging, provider, late, misstep } = world
  const refused = delivery?.status === 'COMPLETED' && delivery.cancellationRefused
  const shown = dashboard?.timeline.map(({ event }) => event)
  const names = said.map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1))
  return [
    order?.facts,
    payment?.status,
    delivery?.status,
    refused,
    shown,
    names,
    [...heard].sort((a, b) => (a < b ? -1 : 1)),
    charging,
    provider,
    isStrict(world),
    late,
    misstep,
  ].join(' ')
}

function pathTo(
  key: string,
  from: ReadonlyMap<string, { key: string; action: string } | undefined>,
): string[] {
  const step = from.get(key)
  return step ? [...pathTo(step.key, from), step.action] : []
}

/** What must hold in every world. */
function always({ said, provider, payment, misstep }: World): string | undefined {
  if (misstep) return misstep
  const names = said.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice) return `1: ${twice} is said twice`
  if (names.includes('DeliveryStarted') && !names.includes('PaymentApproved'))
    return '2: a delivery without an approved payment'
  if (names.includes('PaymentApproved') && provider !== 'approved') return '1: approved without a charge'
  if (payment?.status === 'VOIDED' && provider !== 'nothing') return '1: charged although voided'
  return undefined
}

/** What must hold once nothing is in flight; a started delivery may wait for its courier. */
function whenQuiet(world: World): string | undefined {
  const { order, payment, delivery, provider, dashboard: view } = world
  if (!order || order.status !== view?.status)
    return `4: order is ${order?.status}, dashboard is ${view?.status}`
  if (payment?.status !== view.payment?.status)
    return `4: payment is ${payment?.status}, dashboard says ${view.payment?.status}`
  if (delivery?.status !== (view.delivery?.status ?? remembered(world)))
    return `4: delivery is ${delivery?.status}, dashboard says ${view.delivery?.status}`
  if (delivery?.status === 'STARTED')
    return order.status === 'DELIVERING' && payment?.status === 'APPROVED'
      ? undefined
      : '3: stuck while the courier is on the way'
  if (!isFinal(order.status)) return `3: stuck in ${order.status}`
  const kept = provider === 'approved' && payment?.status === 'APPROVED'
  const arrived = delivery?.status === 'COMPLETED'
  return kept === arrived
    ? undefined
    : `1: money ${kept ? 'kept' : 'not kept'}, goods ${arrived ? 'arrived' : 'not arrived'}`
}

const remembered = (world: World) =>
  world.said.some(({ name }) => name === 'OrderCancelled') ? 'CANCEL_REMEMBERED' : undefined
