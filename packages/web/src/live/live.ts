import { createParser } from 'eventsource-parser'
import { Refused } from '../api/api.ts'
import { mayPass, pause, retryAfterMs } from '../api/retry.ts'
import type { Order } from '../api/types.ts'

/** `off`: the feed was refused, and will be. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'off'

export interface LiveOptions {
  /** Asks for the stream. */
  open(headers: Record<string, string>, signal: AbortSignal): Promise<Response>
  /** What changed; one call for what came together. */
  onOrders(orders: Order[]): void
  /** What there is has to be read (again): at first, and when nobody can tell what was missed. */
  onReset(): void
  onState(state: Connection): void
  /** After this much silence the connection is taken for lost: heartbeats come three times in it. */
  readonly silenceMs?: number
  /** The longest pause before the next try. */
  readonly longestPauseMs?: number
}

/**
 * Follows the live feed until it is stopped: whenever the connection ends it opens another, from where it was.
 * Everything since then is told, so that there are no gaps. EventSource is of no use here: it sends no token.
 * @returns what stops it
 */
export function followLive(options: LiveOptions): () => void {
  const stopped = new AbortController()
  void follow({ ...defaults, ...options }, stopped.signal)
  return () => stopped.abort()
}

const defaults = { silenceMs: 45_000, longestPauseMs: 15_000 }
const firstPauseMs = 500

async function follow(options: Required<LiveOptions>, stopped: AbortSignal): Promise<void> {
  let lastId: string | undefined
  let failures = 0
  options.onState('connecting')
  while (!stopped.aborted) {
    let askedMs = 0
    try {
      await readOnce(options, stopped, lastId, (id) => {
        lastId = id
        failures = 0
      })
    } catch (error) {
      if (stopped.aborted) return
      if (isFinalRefusal(error, lastId)) return options.onState('off')
      // A place that the feed no longer understands: begin anew.
      if (!mayPass(error)) lastId = undefined
      askedMs = retryAfterMs(error)
    }
    if (stopped.aborted) return
    options.onState('reconnecting')
    await pause(Math.max(askedMs, pauseMs(failures++, options.longestPauseMs)), stopped)
  }
}

/** What was asked for is refused, not the place to begin at. */
const isFinalRefusal = (error: unknown, lastId: string | undefined): boolean =>
  !mayPass(error) && (lastId === undefined || (error instanceof Refused && [401, 403].includes(error.status)))

/** Grows with each failure, and differs from client to client, so that they do not come back as one. */
const pauseMs = (failures: number, longest: number) =>
  Math.min(longest, firstPauseMs * 2 ** failures) * (0.5 + Math.random() / 2)

/** Reads one connection to its end. */
async function readOnce(
  { open, onOrders, onReset, onState, silenceMs }: Required<LiveOptions>,
  stopped: AbortSignal,
  lastId: string | undefined,
  onId: (id: string) => void,
): Promise<void> {
  const silent = new AbortController()
  const signal = AbortSignal.any([stopped, silent.signal])
  let timer: ReturnType<typeof setTimeout> | undefined
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silent.abort(), silenceMs)
  }
  heard()
  try {
    const headers = {
      accept: 'text/event-stream',
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    }
    const response = await open(headers, signal)
    if (!response.body) return
    onState('live')
    let isFirst = lastId === undefined
    let batch: Order[] = []
    const parser = createParser({
      onEvent({ event, data }) {
        if (event === 'order') batch.push(JSON.parse(data))
        else if (event === 'reset') onReset()
      },
      onId(id) {
        onId(id)
        // From the first place on everything is told: what is read now misses nothing.
        if (isFirst) onReset()
        isFirst = false
      },
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      heard()
      parser.feed(value)
      if (batch.length > 0) onOrders(batch)
      batch = []
    }
  } finally {
    clearTimeout(timer)
    silent.abort()
  }
}
