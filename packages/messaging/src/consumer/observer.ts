import type { DeadLetterReason } from '../dead-letters/reason.ts'

/** `unavailable`: the store, or a row of it, could not be had; the event uses up no try. */
type HandlerFailure = 'failed' | 'unavailable'

/**
 * Told what consumers do with messages, so that a service can count it. Must not throw. An event's name is one that the
 * service subscribes to, or `unknown`: whoever publishes cannot add to them.
 */
export interface ConsumerObserver {
  /** A stream has delivered a message once more. */
  redelivered(stream: string): void
  /** A handler has ended after so many seconds; `failure` is undefined if it succeeded. */
  handled(event: string, seconds: number, failure: HandlerFailure | undefined): void
  /** A dead letter was stored. */
  deadLettered(event: string, reason: DeadLetterReason): void
}

export const unobserved: ConsumerObserver = { redelivered() {}, handled() {}, deadLettered() {} }
