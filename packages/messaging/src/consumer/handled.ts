import { messageIdOf, recordIdOf } from '../dead-letters/record.ts'
import type { WholeMessage } from '../nats/whole-message.ts'
import type { HandledState } from './policy.ts'

/** A message of the stream, with the ids by which the service's state knows it. */
export interface Candidate {
  readonly message: WholeMessage
  readonly sequence: number
  /** The event's id. */
  readonly id: string
  readonly recordId: string
}

export function candidateOf(message: WholeMessage): Candidate {
  const messageId = messageIdOf(message.headers, message)
  const id = message.headers.get('ce-id') || messageId
  return { message, sequence: message.sequence, id, recordId: recordIdOf(messageId) }
}

/** Those messages that had no effect on the state and have no dead letter. */
export async function unhandledAmong(
  { handledAmong, deadLetters }: HandledState,
  candidates: readonly Candidate[],
): Promise<Candidate[]> {
  const events = candidates.map(({ id, message }) => ({ eventId: id, subject: message.subject }))
  const handled = await handledAmong(events)
  const open = candidates.filter(({ id }) => !handled.has(id))
  const buried = await deadLetters.among(open.map(({ recordId }) => recordId))
  return open.filter(({ recordId }) => !buried.has(recordId))
}
