import type { AnyFact } from './choreography.ts'

type Name = AnyFact['name']

/** What each status needs to have happened; the first line that holds wins. */
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

/** Every status, from the final ones to the first. */
export const statuses: readonly Status[] = [...new Set(rules.map(([status]) => status))]

/** Where an order stands, from the names of the events that happened to it, in whatever order they were heard. */
export const statusOf = (happened: ReadonlySet<string>): Status => ruleFor(happened)[0]

/** The events that brought the order where it stands; none for one of which only the placing can have happened. */
export const broughtBy = (happened: ReadonlySet<string>): readonly Name[] => ruleFor(happened)[1]

/** Whether an order may have stood there when fewer of these events were known. It never comes back to what it left. */
export const mayHaveBeen = (status: Status, happened: ReadonlySet<string>): boolean =>
  rules.some(([name, needed]) => name === status && needed.every((event) => happened.has(event)))

const placed = ['PLACED', []] as const

const ruleFor = (happened: ReadonlySet<string>) =>
  rules.find(([, needed]) => needed.every((name) => happened.has(name))) ?? placed

const finalStatuses: ReadonlySet<Status> = new Set(['DELIVERED', 'FAILED', 'CANCELLED', 'REJECTED'])

/** Whether nothing can happen to the order any more. */
export const isFinal = (status: Status): boolean => finalStatuses.has(status)
