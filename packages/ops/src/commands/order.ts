import { CallRefused, ifFound } from '@saucery/client/errors'
import type { OpsConnection } from '../connect/connection.ts'
import { Wrong } from '../connect/exit-codes.ts'
import { storyText } from '../render/order.ts'

/** @throws Wrong when nothing is known of the order */
export async function showOrder({ client, json, paint, print }: OpsConnection, id: string): Promise<void> {
  const path = { id }
  const [view, story, traces] = await Promise.all([
    ifFound(client.get('/orderDashboards/{id}', { path })),
    client.get('/operations/orders/{id}', { path }),
    client.get('/operations/orders/{orderId}/traces', { path: { orderId: id } }).catch(noStore),
  ])
  const told = { view, story, traces: traces?.traces }
  print(json ? JSON.stringify(told) : storyText(told, paint))
  const isKnown =
    view !== undefined || story.services.some(({ failures }) => failures && failures.failing.length > 0)
  if (!isKnown) throw new Wrong('Nothing is known of this order')
}

/** Traces are an addition: without a store, or with one that is away, the rest is printed. */
function noStore(error: unknown): undefined {
  if (error instanceof CallRefused && (error.status === 404 || error.status === 502)) return undefined
  throw error
}
