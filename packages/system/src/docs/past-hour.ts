import { DeliveryCompleted, DeliveryFailed, DeliveryStarted } from '@saucery/contracts/delivery'
import { OrderPlaced } from '@saucery/contracts/order'
import { PaymentApproved, PaymentDeclined, PaymentRefunded } from '@saucery/contracts/payment'
import { openViews } from '@saucery/dashboard/store/view-store'
import type { Addition } from '@saucery/dashboard/store/view-writer'
import { v7 as uuidv7 } from 'uuid'

const delivered = [OrderPlaced, PaymentApproved, DeliveryStarted, DeliveryCompleted] as const
const rejected = [OrderPlaced, PaymentDeclined] as const
const failed = [OrderPlaced, PaymentApproved, DeliveryStarted, DeliveryFailed, PaymentRefunded] as const

const hourMs = 3_600_000

/** The events of order `i` of `of` in the hour before `until`, as the dashboard keeps them. */
function additionsOf(i: number, of: number, until: number): Addition[] {
  const placedAt = until - Math.round(hourMs * ((of - i) / of) ** 1.3)
  const orderId = uuidv7({ msecs: placedAt })
  const types = i % 17 === 3 ? rejected : i % 23 === 7 ? failed : delivered
  let msecs = placedAt
  return types.map((type, at) => {
    const [stream = ''] = type.subject.split('.')
    const { orderId: _, ...data } = type.example as Record<string, unknown>
    if ('branchId' in data)
      Object.assign(data, { branchId: places[i % places.length], sauceId: sauces[i % sauces.length] })
    delete data.payBy
    // A courier needs some seconds, and some need longer.
    if (at > 0) msecs += at < 3 ? 300 + ((i * 37) % 900) : 4000 + ((i * 531) % 9000)
    const [id, time] = [uuidv7({ msecs }), new Date(msecs).toISOString()]
    const entry = {
      id,
      event: type.event,
      cause: orderId,
      time,
      stream: stream.toUpperCase(),
      sequence: 1,
      data,
    }
    return { orderId, entry }
  })
}

/** Gives the dashboard an hour of orders that have ended, without events: its views alone know them. */
export async function fillPastHour(database: string, orders: number): Promise<void> {
  const views = openViews(database)
  await views.connect()
  try {
    const until = Date.now() - 20_000
    const all = Array.from({ length: orders }, (_, i) => additionsOf(i, orders, until))
    await Promise.all(all.flat().map(views.add))
  } finally {
    await views.close()
  }
}

export const places = ['gangnam', 'hongdae', 'jamsil', 'mapo']
export const sauces = ['gochujang', 'doenjang', 'ssamjang', 'ganjang']
