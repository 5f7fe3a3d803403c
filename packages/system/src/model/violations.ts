import { isFinal, type Status } from '@saucery/contracts/status'

/** What the four databases and the streams hold, once nothing is in flight. */
export interface Rows {
  /** The orders that were answered with 201. */
  readonly accepted: readonly string[]
  readonly orders: readonly { orderId: string; status: Status }[]
  readonly payments: readonly { orderId: string; status: string }[]
  /** The books of the simulated provider. */
  readonly charges: readonly { orderId: string; declined: string | null; refunds: number }[]
  readonly deliveries: readonly { orderId: string; status: string }[]
  readonly views: readonly View[]
  /** The orders whose OrderPlaced is in the stream. */
  readonly placed: readonly string[]
  /** Outbox rows that were never published. */
  readonly unpublished: number
  readonly deadLetters: number
}

interface View {
  readonly orderId: string
  readonly status: Status
  readonly payment: string | undefined
  readonly delivery: string | undefined
  readonly events: readonly string[]
}

/** What one order is, everywhere. */
interface Story {
  readonly order: Status | undefined
  readonly payment: string | undefined
  readonly charge: { readonly declined: string | null; readonly refunds: number } | undefined
  readonly delivery: string | undefined
  readonly view: View | undefined
  readonly placed: boolean
}

type Rule = readonly [says: string, isBroken: (story: Story) => boolean]

/** What a delivery that was only told of a cancel keeps to itself. */
const unsaid = new Set<string | undefined>([undefined, 'CANCEL_REMEMBERED'])
const said = (delivery: string | undefined) => (unsaid.has(delivery) ? undefined : delivery)
const isCharged = (payment: string | undefined) => payment === 'APPROVED' || payment === 'REFUNDED'

const rules: readonly Rule[] = [
  ['is half: a row without OrderPlaced in the stream', ({ order, placed }) => order !== undefined && !placed],
  ['is half: OrderPlaced without a row', ({ order, placed }) => order === undefined && placed],
  ['is known to others only', ({ order }) => order === undefined],
  ['is not on the dashboard with its OrderPlaced', ({ view }) => !view?.events.includes('OrderPlaced')],
  ['has another status on the dashboard', ({ order, view }) => order !== view?.status],
  ['has another payment on the dashboard', ({ payment, view }) => payment !== view?.payment],
  ['has another delivery on the dashboard', ({ delivery, view }) => said(delivery) !== view?.delivery],
  [
    'has the same event twice on the dashboard',
    ({ view }) => new Set(view?.events).size !== (view?.events.length ?? 0),
  ],
  ['is not settled', ({ order, delivery }) => !(order && (isFinal(order) || isUnderWay(order, delivery)))],
  ['is charged, and its payment does not say so', isTakenUnsaid],
  ['says that it is charged, and the provider took nothing', isSaidUntaken],
  [
    'is refunded at the provider only, or in the payment only',
    ({ payment, charge }) => (payment === 'REFUNDED') !== (charge?.refunds === 1),
  ],
  ['is refunded more than once', ({ charge }) => (charge?.refunds ?? 0) > 1],
  ['keeps the money without the goods, or the goods without the money', isUnfair],
  ['is delivered without an approved payment', ({ payment, delivery }) => isGift(payment, delivery)],
]

const isUnderWay = (order: Status, delivery: string | undefined) =>
  order === 'DELIVERING' && delivery === 'STARTED'

const tookMoney = ({ charge }: Story) => charge !== undefined && charge.declined === null

function isTakenUnsaid(story: Story): boolean {
  return tookMoney(story) && !isCharged(story.payment)
}

function isSaidUntaken(story: Story): boolean {
  return isCharged(story.payment) && !tookMoney(story)
}

/** A delivery under way may still go either way. */
function isUnfair({ payment, delivery }: Story): boolean {
  return delivery !== 'STARTED' && (payment === 'APPROVED') !== (delivery === 'COMPLETED')
}

const isGift = (payment: string | undefined, delivery: string | undefined) =>
  said(delivery) !== undefined && !isCharged(payment)

/** Every promise that the rows break, a sentence each; `[]` when all four tell the same fair story. */
export function violations(rows: Rows): string[] {
  const stories = storiesOf(rows)
  return [
    ...rows.accepted.filter((id) => !stories.has(id)).map((id) => `order ${id} was accepted and is lost`),
    ...[...stories].flatMap(([id, story]) => broken(id, story)),
    ...(rows.unpublished > 0 ? [`${rows.unpublished} events were said and never published`] : []),
    ...(rows.deadLetters > 0 ? [`${rows.deadLetters} messages are dead letters`] : []),
  ]
}

function storiesOf(rows: Rows): Map<string, Story> {
  const orders = byOrder(rows.orders)
  const payments = byOrder(rows.payments)
  const charges = byOrder(rows.charges)
  const deliveries = byOrder(rows.deliveries)
  const views = byOrder(rows.views)
  const placed = new Set(rows.placed)
  const ids = new Set(
    [orders, payments, charges, deliveries, views, placed].flatMap((part) => [...part.keys()]),
  )
  const story = (id: string): Story => ({
    order: orders.get(id)?.status,
    payment: payments.get(id)?.status,
    charge: charges.get(id),
    delivery: deliveries.get(id)?.status,
    view: views.get(id),
    placed: placed.has(id),
  })
  return new Map([...ids].map((id) => [id, story(id)]))
}

const byOrder = <Row extends { orderId: string }>(rows: readonly Row[]) =>
  new Map(rows.map((row) => [row.orderId, row]))

function broken(id: string, story: Story): string[] {
  const { order, payment, delivery, view } = story
  const is = `order ${order}, payment ${payment}, delivery ${delivery}, on the dashboard ${view?.events.join(' ')}`
  return rules.flatMap(([says, isBroken]) => (isBroken(story) ? [`order ${id} ${says} (${is})`] : []))
}
