import type { AnyFact } from './choreography.ts'
import { type Status, statusOf } from './status.ts'

type Name = AnyFact['name']

/**
 * Every way that an order can go, from its placing to its end, in the order in which the events happen. A test compares
 * it with the model. (model.test: "knows every way that an order can go, and no other")
 */
export const orderPaths: readonly (readonly Name[])[] = [
  ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'],
  ['OrderPlaced', 'PaymentDeclined'],
  ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryFailed', 'PaymentRefunded'],
  ['OrderPlaced', 'PaymentVoided'],
  ['OrderPlaced', 'OrderCancelled', 'PaymentVoided'],
  ['OrderPlaced', 'OrderCancelled', 'PaymentDeclined'],
  ['OrderPlaced', 'OrderCancelled', 'PaymentApproved', 'DeliveryCancelled', 'PaymentRefunded'],
  [
    'OrderPlaced',
    'PaymentApproved',
    'DeliveryStarted',
    'OrderCancelled',
    'DeliveryCancelled',
    'PaymentRefunded',
  ],
  [
    'OrderPlaced',
    'PaymentApproved',
    'DeliveryStarted',
    'OrderCancelled',
    'DeliveryFailed',
    'PaymentRefunded',
  ],
  [
    'OrderPlaced',
    'PaymentApproved',
    'DeliveryStarted',
    'OrderCancelled',
    'DeliveryCompleted',
    'CancellationRefused',
  ],
]

/** What can still be heard of an order, to one of its ends. */
export interface RemainingPath {
  readonly events: readonly Name[]
  /** The status at its end. */
  readonly status: Status
}

const onAnyPath: ReadonlySet<string> = new Set(orderPaths.flat())

/**
 * The ways that are left to an order of which these events are known. Events arrive in any order, so what is left may
 * have happened already. None is missing: what was published is a part of a way, and what is known a part of that; but
 * for an event that no way has, which leads to nothing.
 */
export function remainingPaths(happened: ReadonlySet<string>): RemainingPath[] {
  const known = [...happened].filter((name) => onAnyPath.has(name)).length
  return orderPaths
    .filter((path) => path.filter((name) => happened.has(name)).length === known)
    .map((path) => ({
      events: path.filter((name) => !happened.has(name)),
      status: statusOf(new Set(path)),
    }))
    .filter(({ events }) => events.length > 0)
}
