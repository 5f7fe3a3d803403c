import type { AnyFact } from './choreography.ts'

type Name = AnyFact['name']

/** Each status with the events it needs; the first line whose events have all happened wins. */
const rules = [
  ['DELIVERED', ['DeliveryCompleted']],
  ['FAILED', ['PaymentRefunded', 'DeliveryFailed']],
  ['CANCELLED', ['PaymentRefunded']],
  ['CANCELLED', ['PaymentVoided']],
  ['REJECTED', ['PaymentDeclined']],
  ['CANCELLING', ['OrderCancelled']],
  ['REFUNDING', ['DeliveryFailed']],
  ['REFUNDING', ['DeliveryCancelled']],
  ['DELIVERING', ['DeliveryStarted']],
  ['PAID', ['PaymentApproved']],
  ['PLACED', []],
] as const satisfies readonly (readonly [string, readonly Name[]])[]

export type Status = (typeof rules)[number][0]

/** Every status, the final ones first. */
export const statuses: readonly Status[] = [...new Set(rules.map(([status]) => status))]

/** An order's status, from the names of the events that happened to it. Their order of arrival does not matter. */
export const statusOf = (happened: ReadonlySet<string>): Status => ruleFor(happened)[0]

/** The events that gave the order its status; none for PLACED. */
export const eventsBehind = (happened: ReadonlySet<string>): readonly Name[] => ruleFor(happened)[1]

/** Whether the order can have had this status when only some of these events were known. */
export const canHaveBeen = (status: Status, happened: ReadonlySet<string>): boolean =>
  rules.some(([name, needed]) => name === status && needed.every((event) => happened.has(event)))

/** There is always one: PLACED needs no event. */
const ruleFor = (happened: ReadonlySet<string>) =>
  rules.find(([, needed]) => needed.every((name) => happened.has(name))) as (typeof rules)[number]

const finalStatuses: ReadonlySet<Status> = new Set(['DELIVERED', 'FAILED', 'CANCELLED', 'REJECTED'])

/** Nothing more can happen to an order with this status. */
export const isFinal = (status: Status): boolean => finalStatuses.has(status)
