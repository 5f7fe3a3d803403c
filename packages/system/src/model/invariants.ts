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

interface Invariant {
  readonly promise: string
  /** `at rest`: only when nothing is in flight. */
  readonly when: 'always' | 'at rest'
  holds(story: Story): boolean
}

/** What the system promises of each order, whatever crashes, comes twice or comes late. */
const invariants: readonly Invariant[] = [
  {
    promise: 'The order service knows the order, and its OrderPlaced is published',
    when: 'always',
    holds: ({ order, published }) => order !== undefined && published.includes('OrderPlaced'),
  },
  {
    promise: 'No event is published twice',
    when: 'always',
    holds: ({ published, dashboard }) => areDistinct(published) && areDistinct(dashboard?.events ?? []),
  },
  {
    promise: 'No delivery starts without an approved payment',
    when: 'always',
    holds: ({ payment, delivery, published }) =>
      (isOnlyKnownToDelivery(delivery) || wasApproved(payment)) &&
      (!published.includes('DeliveryStarted') || published.includes('PaymentApproved')),
  },
  {
    promise: 'An approved payment was charged at the provider',
    when: 'always',
    holds: (story) =>
      tookMoney(story) || !(wasApproved(story.payment) || story.published.includes('PaymentApproved')),
  },
  {
    promise: 'A voided payment was never charged',
    when: 'always',
    holds: ({ payment, charge }) => payment !== 'VOIDED' || charge === undefined,
  },
  {
    promise: 'No charge is refunded twice',
    when: 'always',
    holds: ({ charge }) => (charge?.refunds ?? 0) <= 1,
  },
  {
    promise: 'The provider took money only for an approved payment',
    when: 'at rest',
    holds: (story) => !tookMoney(story) || wasApproved(story.payment),
  },
  {
    promise: 'A payment is refunded if and only if the provider refunded its charge',
    when: 'at rest',
    holds: ({ payment, charge }) => (payment === 'REFUNDED') === (charge?.refunds === 1),
  },
  {
    promise: 'Money is kept if and only if the goods arrived, once the courier has reported',
    when: 'at rest',
    holds: ({ payment, delivery }) =>
      delivery === 'STARTED' || (payment === 'APPROVED') === (delivery === 'COMPLETED'),
  },
  {
    promise: 'The order has ended, or it is paid and waits for the courier',
    when: 'at rest',
    holds: ({ order, payment, delivery }) =>
      delivery === 'STARTED'
        ? order === 'DELIVERING' && payment === 'APPROVED'
        : order !== undefined && isFinal(order),
  },
  {
    promise: 'The dashboard shows the published events, and no others',
    when: 'at rest',
    holds: ({ published, dashboard }) =>
      published.every((name) => dashboard?.events.includes(name)) &&
      (dashboard?.events ?? []).every((name) => published.includes(name)),
  },
  {
    promise: 'The dashboard shows the status of the order',
    when: 'at rest',
    holds: ({ order, dashboard }) => order === dashboard?.status,
  },
  {
    promise: 'The dashboard shows the status of the payment',
    when: 'at rest',
    holds: ({ payment, dashboard }) => payment === dashboard?.payment,
  },
  {
    promise: 'The dashboard shows the status of the delivery, unless that only remembers a cancel',
    when: 'at rest',
    holds: ({ delivery, dashboard, published }) => {
      const unpublished = published.includes('OrderCancelled') ? 'CANCEL_REMEMBERED' : undefined
      return delivery === (dashboard?.delivery ?? unpublished)
    },
  },
]

/** The promises that the story breaks. */
export const brokenPromises = (story: Story, isAtRest: boolean): string[] =>
  invariants
    .filter(({ when, holds }) => (when === 'always' || isAtRest) && !holds(story))
    .map(({ promise }) => promise)

const areDistinct = (names: readonly string[]) => new Set(names).size === names.length

const wasApproved = (payment: string | undefined) => payment === 'APPROVED' || payment === 'REFUNDED'

const tookMoney = ({ charge }: Story) => charge?.declined === false

/** A cancel that comes before the payment is remembered, and not published. */
const isOnlyKnownToDelivery = (delivery: string | undefined) =>
  delivery === undefined || delivery === 'CANCEL_REMEMBERED'
