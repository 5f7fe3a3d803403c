import { deadLetterNotices } from '@saucery/contracts/access/notices'
import { consumingServices } from '@saucery/contracts/choreography'
import type { Broker } from '@saucery/messaging/nats/connection'
import { z } from 'zod'
import { type Clients, send } from './clients.ts'

const notice = z.object({
  service: z.enum(consumingServices),
  id: z.string().max(200),
  orderId: z.string().max(255),
  event: z.string().max(255),
  outcome: z.enum(['handled', 'discarded']),
})

/** `dead-letter`: a dead letter was settled. It has no id: a client that was away reads the lists again. */
const noticeMessage = (told: object): Uint8Array =>
  new TextEncoder().encode(`event: dead-letter\ndata: ${JSON.stringify(told)}\n\n`)

/**
 * Sends the operators among the clients what any replica of any service tells of its dead letters.
 * @returns ends it
 */
export function relayNotices({ connection }: Pick<Broker, 'connection'>, clients: Clients): () => void {
  const subscription = connection.subscribe(deadLetterNotices('*'), {
    callback(error, { subject, data }) {
      if (error) return clients.log.warn({ error }, 'notices of dead letters are not received')
      const told = parse(data)
      // A service may publish on its own subject only.
      if (!told || subject !== deadLetterNotices(told.service)) return
      const message = noticeMessage(told)
      for (const client of clients.open) {
        const { scope, filter } = client
        // A branch may not see dead letters; only an operator reads all orders.
        if (scope !== 'all' || (filter.orderId ?? told.orderId) !== told.orderId) continue
        if (filter.branchId === undefined && filter.sauceId === undefined) send(clients, client, message)
      }
    },
  })
  return () => {
    if (!subscription.isClosed()) subscription.unsubscribe()
  }
}

function parse(data: Uint8Array) {
  try {
    return notice.parse(JSON.parse(new TextDecoder().decode(data)))
  } catch {
    return undefined
  }
}
