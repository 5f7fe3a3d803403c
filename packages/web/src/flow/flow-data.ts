import { type Signal, signal } from '@preact/signals'
import type { Client } from '@saucery/client/client'
import type { LiveConnection } from '@saucery/client/live'
import type { EventName, OrderView } from '@saucery/client/schemas'
import { followSharedFeed } from '../live/shared-feed.ts'
import { type FlowEdge, waysOf } from './edges.ts'
import { eventsOf, type FlowEvent, openEventReader } from './flow-events.ts'
import { openRates } from './rates.ts'

/** Numbers are drawn this often while there is something new. */
const drawMs = 500
/** An edge's last events. */
const lastEvents = 12

/** Ids are UUIDv7: the later, the greater. */
const latestFirst = (a: FlowEvent, b: FlowEvent) => (a.id < b.id ? 1 : -1)

export type FlowData = ReturnType<typeof openFlow>

/**
 * Follows all orders that the caller may see, and counts their events by edge, until it is closed.
 * @param audience callers who may see the same orders have the same
 */
export function openFlow(client: Client, audience: string, edges: readonly FlowEdge[]) {
  const closed = new AbortController()
  const connection = signal<LiveConnection>('connecting')
  /** Goes up when the numbers may have changed. */
  const version = signal(0)
  /** Whether there is any order; undefined until that is known. */
  const hasOrders = signal<boolean | undefined>(undefined)
  const isPaused: Signal<boolean> = signal(false)
  const isSlow: Signal<boolean> = signal(false)
  const ways = waysOf(edges)
  const newEvents = openEventReader()
  const rates = openRates()
  const last = new Map<FlowEdge['id'], FlowEvent[]>()
  const listeners = new Set<(events: readonly FlowEvent[]) => void>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const edgesFor = (name: EventName): readonly FlowEdge[] => {
    const way = ways.get(name)
    return way ? [way.first, ...way.then] : []
  }

  function keep(event: FlowEvent): void {
    for (const { id } of edgesFor(event.name)) {
      const before = (last.get(id) ?? []).filter((it) => it.id !== event.id)
      last.set(id, [event, ...before].sort(latestFirst).slice(0, lastEvents))
    }
  }

  /** Draws until all rates are 0; not while nobody sees it. */
  function draw(): void {
    clearTimeout(timer)
    timer = undefined
    if (closed.signal.aborted || document.visibilityState !== 'visible' || isPaused.value) return
    version.value++
    if (!rates.isIdle(performance.now())) timer = setTimeout(draw, drawMs)
  }

  function receive(views: readonly OrderView[]): void {
    const now = performance.now()
    const events = newEvents(views)
    if (events.length === 0) return
    hasOrders.value = true
    for (const event of events) {
      keep(event)
      for (const { id } of edgesFor(event.name)) rates.count(id, now)
    }
    for (const listener of listeners) listener(events)
    if (timer === undefined) draw()
  }

  /** So that an edge has its last events before the next one. */
  async function readLast(): Promise<void> {
    const found = await client.get('/orderDashboards', {
      query: { limit: lastEvents },
      signal: closed.signal,
    })
    hasOrders.value ||= found.items.length > 0
    for (const event of eventsOf(found.items)) keep(event)
    draw()
  }

  // The rates of before are over. What came while the page was hidden comes at once, as a burst.
  document.addEventListener(
    'visibilitychange',
    () => {
      rates.forgetWindow()
      draw()
    },
    { signal: closed.signal },
  )
  followSharedFeed({
    client,
    audience,
    query: {},
    stopped: closed.signal,
    connection,
    onOrders: receive,
    onReset() {},
  })
  // Without an answer the first event tells that there are orders.
  readLast().catch(() => {})

  return {
    connection,
    version,
    hasOrders,
    isPaused,
    isSlow,
    ways,
    perSecond: (edge: FlowEdge['id']) => rates.perSecond(edge, performance.now()),
    totalOf: rates.totalOf,
    lastOf: (edge: FlowEdge['id']): readonly FlowEvent[] => last.get(edge) ?? [],
    /** @returns ends it */
    onEvents(listener: (events: readonly FlowEvent[]) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    pause(paused: boolean): void {
      isPaused.value = paused
      draw()
    },
    close(): void {
      closed.abort()
      clearTimeout(timer)
    },
  }
}
