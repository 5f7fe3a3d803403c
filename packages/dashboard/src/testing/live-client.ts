import assert from 'node:assert/strict'
import { type IncomingMessage, request } from 'node:http'
import { stamped } from '@saucery/chassis/testing/events'
import type { AnyFact } from '@saucery/contracts/choreography'
import type { Event } from '@saucery/messaging/events/event'
import { eventually } from '@saucery/messaging/testing/eventually'
import { v7 as uuidv7 } from 'uuid'
import { allNames, factsAbout } from './stories.ts'

export interface LiveOrder {
  readonly orderId: string
  readonly branchId?: string
  readonly status: string
  readonly timeline: readonly { readonly id: string; readonly sequence?: number }[]
}

/** A client of a live feed, and what it has received. */
export interface Follower {
  readonly status: number
  readonly orders: LiveOrder[]
  /** Orders that no longer have the requested status. */
  readonly left: LiveOrder[]
  /** The list that a client keeps: each `order` is put into it, each `left` is taken out. */
  readonly list: Map<string, LiveOrder>
  /** The ids of all events in the orders' timelines. */
  readonly received: Set<string>
  resets: number
  /** The codes of `end` messages. */
  ends: string[]
  heartbeats: number
  lastId: string | undefined
  isClosed: boolean
  readonly response: IncomingMessage
  leave(): void
}

/**
 * Connects to a live feed.
 * @param list what the client had before
 */
export async function follow(
  url: string,
  query = '',
  headers: Record<string, string> = {},
  list = new Map<string, LiveOrder>(),
): Promise<Follower> {
  const client = request(`${url}/orderDashboards/live?${query}`, { agent: false, headers })
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    client.once('response', resolve).once('error', reject).end()
  })
  const follower: Follower = {
    status: response.statusCode ?? 0,
    orders: [],
    left: [],
    list,
    received: new Set(),
    resets: 0,
    ends: [],
    heartbeats: 0,
    lastId: undefined,
    isClosed: false,
    response,
    leave: () => response.destroy(),
  }
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (text + chunk).split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) receive(message, follower)
  })
  response
    .on('error', () => {})
    .on('close', () => {
      follower.isClosed = true
    })
  return follower
}

/** Reads a message as an EventSource does. */
function receive(message: string, follower: Follower): void {
  let event = 'message'
  let data: string | undefined
  for (const line of message.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
    if (field === 'event') event = value
    if (field === 'data') data = value
    if (field === 'id') follower.lastId = value
    if (field === '') follower.heartbeats++
  }
  if (event === 'reset') follower.resets++
  if (event === 'end' && data !== undefined) follower.ends.push(JSON.parse(data).code)
  if ((event !== 'order' && event !== 'left') || data === undefined) return
  const order = JSON.parse(data) as LiveOrder
  if (event === 'left') {
    follower.left.push(order)
    follower.list.delete(order.orderId)
    return
  }
  follower.orders.push(order)
  follower.list.set(order.orderId, order)
  for (const { id } of order.timeline) follower.received.add(id)
}

/** Events of so many orders. */
export const histories = (orders: number, names: readonly AnyFact['name'][] = allNames): Event<AnyFact>[] =>
  Array.from({ length: orders }, () => factsAbout(uuidv7(), names).map((fact) => stamped(fact))).flat()

/** Resolves when the follower has a resume token, and so receives everything from now on. */
export const hasId = (follower: Follower) =>
  eventually(() => assert.ok(follower.lastId, 'no id was received'), 10_000)

export const hasReceived = (follower: Follower, events: Event<AnyFact>[]) =>
  eventually(() => {
    const missing = events.filter(({ id }) => !follower.received.has(id))
    assert.equal(missing.length, 0, `${missing.length} of ${events.length} are missing`)
  })

/** No order was ever sent with fewer events than before. */
export function assertNoOrderGoesBack({ orders }: Follower): void {
  const lengths = new Map<string, number>()
  for (const { orderId, timeline } of orders) {
    assert.ok(timeline.length >= (lengths.get(orderId) ?? 0), `${orderId} went back`)
    lengths.set(orderId, timeline.length)
  }
}
