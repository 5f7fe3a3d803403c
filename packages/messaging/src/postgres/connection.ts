import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type DriverOptions,
  isAnswer,
  isPlanOutdated,
  openDriver,
  type SentQuery,
  sendQuery,
} from './driver.ts'
import { openSocket } from './socket.ts'

/** One connection to a Postgres server. What is sent on it is lost with it, and never sent on another one. */
export type PostgresConnection = ReturnType<typeof openPostgresConnection>

/** Postgres numbers parameters with 16 bits. */
const maxParameters = 65_534

/** @param delayMs before it connects */
export function openPostgresConnection(
  options: DriverOptions,
  { silentMs, delayMs = 0 }: ConnectionLimits = {},
) {
  /** Statements without an answer. */
  const waiting = new Set<SentQuery>()
  const listeners = new Set<(error: Error) => void>()
  let socket: Socket | undefined
  let lost: Error | undefined
  let hasConnected = false
  let isSpent = false
  let failure: unknown

  const client = openDriver(options, {
    async connectOnce() {
      if (hasConnected) {
        lose()
        throw lost
      }
      hasConnected = true
      if (delayMs > 0) await delay(delayMs)
      if (lost) throw lost
      socket = openSocket(options, silentMs)
      socket.once('error', (error) => {
        failure = error
      })
      return socket
    },
    onClosed: () => lose(),
  })

  function lose(cause = failure): void {
    if (lost) return
    lost = connectionClosed(cause)
    socket?.destroy()
    for (const listener of listeners) listener(lost)
    for (const query of waiting) query.reject(lost)
  }

  return {
    /** Sends a statement after those that were sent before. */
    send(text: string, parameters: readonly unknown[] = []): SentQuery {
      if (lost) throw lost
      const query = sendQuery(client, text, sendable(parameters))
      waiting.add(query)
      const ended = () => void waiting.delete(query)
      query.then(ended, (error) => {
        ended()
        if (!isAnswer(error)) lose(error)
        else if (isPlanOutdated(error)) isSpent = true
      })
      return query
    },
    /** Calls `listener` if the connection is lost. Returns how to stop that. */
    onLost(listener: (error: Error) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    lose,
    /** Whether a statement has a plan here that fails from now on. */
    isSpent: () => isSpent,
    underWay: () => waiting.size,
    isOpen: () => socket !== undefined && !socket.destroyed,
    /** Ends it, in `timeoutMs` at most. */
    async end(timeoutMs = 1000): Promise<void> {
      listeners.clear()
      await client.end({ timeout: timeoutMs / 1000 })
      lose()
    },
  }
}

export interface ConnectionLimits {
  readonly silentMs?: number | undefined
  readonly delayMs?: number
}

const connectionClosed = (cause: unknown): Error =>
  Object.assign(new Error('the connection to the database was lost', { cause }), {
    code: 'CONNECTION_CLOSED',
  })

/**
 * postgres.js gives the answer to the next statement to one whose parameters it cannot send.
 * (lost-transactions.int.test: "get their own answers, whatever parameters others have")
 */
function sendable(parameters: readonly unknown[]): unknown[] {
  if (parameters.length > maxParameters)
    throw new RangeError(`a statement has at most ${maxParameters} parameters`)
  return parameters.map((value, i) => {
    if (value instanceof Date) return value.toISOString()
    const isSendable = value === null || value instanceof Uint8Array || primitives.has(typeof value)
    if (isSendable) return value
    throw new TypeError(
      `parameter ${i + 1} of a statement is ${value === undefined ? 'undefined' : 'no value that Postgres has'}`,
    )
  })
}

const primitives: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'bigint'])
