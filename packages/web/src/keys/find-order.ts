import type { Client } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import type { OrderView } from '@saucery/client/schemas'
import { wholeIdIn } from '../order/orders.ts'

export type FoundOrder = Pick<OrderView, 'orderId' | 'status' | 'branchId' | 'sauceId'> & {
  /** The event whose id was looked for. */
  readonly eventId?: string
}

const mostFound = 8
/** Fewer letters are in too many ids. */
const leastLetters = 3

/** The id, or the part of one, in a text that was pasted: an address, `…a1b2c3` or with quotes around it. */
export function idIn(text: string): string {
  const plain = text.trim().toLowerCase()
  const [whole] = plain.match(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/) ?? []
  return whole ?? plain.replaceAll(/[^\da-f-]/g, '')
}

/** The order with this id, or with an event of this id; or those of the 200 newest that have the text in their ids. */
export async function findByText(
  client: Client,
  text: string,
  signal: AbortSignal,
): Promise<readonly FoundOrder[]> {
  const id = idIn(text)
  if (id.length < leastLetters) return []
  const list = async (timeline?: 'none') =>
    (await client.get('/orderDashboards', { query: { limit: 200, timeline }, signal })).items
  if (wholeIdIn(id) === undefined)
    return (await list('none')).filter(({ orderId }) => orderId.includes(id)).slice(0, mostFound)
  try {
    return [await client.get('/orderDashboards/{id}', { path: { id }, signal })]
  } catch (error) {
    if (!(error instanceof CallRefused) || error.status !== 404) throw error
    const owner = (await list()).find(({ timeline }) => timeline.some((event) => event.id === id))
    return owner ? [{ ...owner, eventId: id }] : []
  }
}

export const addressOfFound = ({ orderId, eventId }: FoundOrder): string =>
  eventId === undefined ? `#/orders/${orderId}` : `#/orders/${orderId}?event=${eventId}`
