import { DeliveryCompleted, DeliveryFailed, DeliveryStarted } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved, PaymentDeclined, PaymentRefunded } from '@saucery/contracts/payment'
import type { Addition } from '@saucery/dashboard/store/view-writer'
import { v7 as uuidv7 } from 'uuid'

/** An order of the past that has ended. */
export interface PastOrder {
  readonly id: string
  readonly branchId: string
  readonly sauceId: string
  readonly status: 'DELIVERED' | 'REJECTED' | 'FAILED'
  /** The names of its events. */
  readonly events: readonly string[]
  readonly placedAt: string
  readonly additions: readonly Addition[]
}

const ends = {
  DELIVERED: [OrderPlaced, PaymentApproved, DeliveryStarted, DeliveryCompleted],
  REJECTED: [OrderPlaced, PaymentDeclined],
  FAILED: [OrderPlaced, PaymentApproved, DeliveryStarted, DeliveryFailed, PaymentRefunded],
} as const

/** Orders were placed so many ms apart, as under full load: statistics of the last hour have 200,000 of them. */
const apartMs = 2
const eventsApartMs = 30

/** Two of a hundred were rejected, and one failed; from 50 branches, of 20 sauces. */
export function pastOrder(i: number, before: number): PastOrder {
  const msecs = before - i * apartMs
  const id = uuidv7({ msecs })
  const status = i % 100 < 2 ? 'REJECTED' : i % 100 === 2 ? 'FAILED' : 'DELIVERED'
  const [branchId, sauceId] = [String(1 + (i % 50)), String(1 + ((i * 7) % 20))]
  const types = ends[status]
  const additions = types.map((type, at) => {
    const [stream = ''] = type.subject.split('.')
    const { orderId: _, ...example } = type.example as { orderId: string }
    const data: Record<string, unknown> = { ...example }
    if ('branchId' in data) Object.assign(data, { branchId, sauceId })
    delete data.payBy
    const time = new Date(msecs + at * eventsApartMs).toISOString()
    const event = { id: uuidv7({ msecs: msecs + at * eventsApartMs }), event: type.event, cause: id, time }
    return { orderId: id, entry: { ...event, stream: stream.toUpperCase(), sequence: 1, data } }
  })
  const events = types.map(({ event }) => event)
  return { id, branchId, sauceId, status, events, placedAt: new Date(msecs).toISOString(), additions }
}
