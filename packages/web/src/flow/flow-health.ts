import type { ServiceState } from '@saucery/client/schemas'
import { isOld, type Received, sinceMs, stateAt } from '../operations/health.ts'

/** How a service is, as far as it is known. */
export interface ServiceHealth {
  readonly service: ServiceState['service']
  readonly state: ServiceState['state'] | 'unknown'
  /** The events of each stream that wait for it; absent where nobody knows it, or has not for a while. */
  readonly waiting: Readonly<Record<string, number>>
  readonly deadLetters: number | undefined
}

/** @param now in ms */
export const healthOf = (received: Received, now: number): ServiceHealth[] => {
  const since = sinceMs(received, now)
  return received.services.map((it) => ({
    service: it.service,
    state: stateAt(it, since),
    waiting: it.lag && !isOld(it.lag.ageMs + since) ? waitingIn(it.lag.consumers) : {},
    deadLetters: it.report?.deadLetters,
  }))
}

/** What a consumer received and has not acknowledged waits too: a service that hangs does nothing with it. */
function waitingIn(consumers: NonNullable<ServiceState['lag']>['consumers']): Record<string, number> {
  const waiting: Record<string, number> = {}
  // While a read model is built there are two consumers of a stream.
  for (const { stream, pending, ackPending } of consumers)
    waiting[stream] = Math.max(waiting[stream] ?? 0, pending + ackPending)
  return waiting
}

export type LagLevel = 'none' | 'some' | 'much'

const someS = 2
const muchS = 30

/** How bad it is that events wait: by how long the edge takes for so many. */
export function lagLevel(waiting: number, perSecond: number, isDown: boolean): LagLevel {
  if (waiting === 0) return 'none'
  if (isDown) return 'much'
  const seconds = waiting / Math.max(1, perSecond)
  return seconds < someS ? 'none' : seconds < muchS ? 'some' : 'much'
}

/** How full a stream is drawn, from 0 to 1: each ten times as much fills as much more. */
export const fillOf = (waiting: number): number => Math.min(1, Math.log10(1 + waiting) / 4)
