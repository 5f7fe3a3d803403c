import { Forged, UnknownKey, UnknownKind, Unprocessable } from '../events/cloud-events.ts'

/** Why a message became a dead letter. A closed list, because metrics have it as a label. */
export const deadLetterReasons = [
  'forged',
  'unknown-kind',
  'unknown-key',
  'unreadable',
  'handler-failed',
] as const

export type DeadLetterReason = (typeof deadLetterReasons)[number]

/**
 * - `forged`: its publisher did not sign it
 * - `unknown-kind`: signed, but of an event or a version that no replica knows
 * - `unknown-key`: signed with a key that this service was not told
 * - `unreadable`: no event, or one with invalid data
 * - `handler-failed`: the service's own code refused it, as often as it may
 */
export function deadLetterReason(error: unknown): DeadLetterReason {
  if (error instanceof Forged) return 'forged'
  if (error instanceof UnknownKind) return 'unknown-kind'
  if (error instanceof UnknownKey) return 'unknown-key'
  return error instanceof Unprocessable ? 'unreadable' : 'handler-failed'
}
