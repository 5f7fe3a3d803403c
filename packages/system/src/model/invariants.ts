import { isFinal, type Status } from '@saucery/contracts/status'

/** One order as every part of the system knows it: of the explored model, of the rows or of the answers of a running one. */
export interface Story {
  readonly order: Status | undefined
  readonly payment: string | undefined
  readonly delivery: string | undefined
  /** The provider's books. */
  readonly charge: { readonly declined: boolean; readonly refunds: number } | undefined
  readonly dashboard: DashboardStory | undefined
  /** The names of the published events; an event that was published under two ids is listed twice. */
  readonly published: readonly string[]
}

interface DashboardStory {
  readonly status: Status
  readonly payment: string | undefined
  readonly delivery: string | undefined
  readonly events: readonly string[]
}

/** Each promise, and whether it holds for a story. */
type Invariants = Readonly<Record<string, (story: Story) => boolean>>

/** What the system promises of each order at every moment, whatever crashes, comes twice or comes late. */
export const always: Invariants = {
  'The order service knows the order, and its OrderPlaced is published': ({ order, published }) =>
    order !== undefined && published.includes('OrderPlaced'),
  'No event is published twice': ({ published, dashboard }) =>
    areDistinct(published) && areDistinct(dashboard?.events ?? []),
  'No delivery starts without an approved payment': ({ payment, delivery, published }) =>
    (isOnlyKnownToDelivery(delivery) || wasApproved(payment)) &&
    (!published.includes('DeliveryStarted') || published.includes('PaymentApproved')),
  'An approved payment was charged at the provider': (story) =>
    tookMoney(story) || !(wasApproved(story.payment) || story.published.includes('PaymentApproved')),
  'A voided payment was never charged': ({ payment, charge }) => payment !== 'VOIDED' || charge === undefined,
  'No charge is refunded twice': ({ charge }) => (charge?.refunds ?? 0) <= 1,
}

/** What it promises as soon as nothing is in flight. */
export const atRest: Invariants = {
  'The provider took money only for an approved payment, or gave back what a declined one had taken': (
    story,
  ) => !tookMoney(story) || wasApproved(story.payment) || isUndone(story),
  'A payment is refunded if and only if the provider refunded its charge': (story) =>
    isUndone(story) || (story.payment === 'REFUNDED') === (story.charge?.refunds === 1),
  'Money is kept if and only if the goods arrived, once the courier has reported': ({ payment, delivery }) =>
    delivery === 'STARTED' || (payment === 'APPROVED') === (delivery === 'COMPLETED'),
  'The order has ended, or it is paid and waits for the courier': ({ order, payment, delivery }) =>
    delivery === 'STARTED'
      ? order === 'DELIVERING' && payment === 'APPROVED'
      : order !== undefined && isFinal(order),
  'The dashboard shows the published events, and no others': ({ published, dashboard }) =>
    published.every((name) => dashboard?.events.includes(name)) &&
    (dashboard?.events ?? []).every((name) => published.includes(name)),
  'The dashboard shows the status of the order': ({ order, dashboard }) => order === dashboard?.status,
  'The dashboard shows the status of the payment': ({ payment, dashboard }) => payment === dashboard?.payment,
  'The dashboard shows the status of the delivery, unless that only remembers a cancel': ({
    delivery,
    dashboard,
    published,
  }) => {
    const unpublished = published.includes('OrderCancelled') ? 'CANCEL_REMEMBERED' : undefined
    return delivery === (dashboard?.delivery ?? unpublished)
  },
}

const all = { ...always, ...atRest }

/** The promises that the story breaks. */
export const brokenPromises = (story: Story, isAtRest: boolean): string[] =>
  Object.entries(isAtRest ? all : always)
    .filter(([, holds]) => !holds(story))
    .map(([promise]) => promise)

const areDistinct = (names: readonly string[]) => new Set(names).size === names.length

const wasApproved = (payment: string | undefined) =>
  payment === 'APPROVED' || payment === 'REFUND_PENDING' || payment === 'REFUNDED'

/** The charge was given up before its outcome was known, and what it had taken was given back. */
const isUndone = ({ payment, charge }: Story) => payment === 'DECLINED' && charge?.refunds === 1

const tookMoney = ({ charge }: Story) => charge?.declined === false

/** A cancel that comes before the payment is remembered, and not published. */
const isOnlyKnownToDelivery = (delivery: string | undefined) =>
  delivery === undefined || delivery === 'CANCEL_REMEMBERED'
