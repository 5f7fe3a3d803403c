import type { JsMsg } from 'nats'
import { batcher } from '../async/batcher.ts'
import { messageIdOf, recordIdOf } from '../dead-letters/record.ts'
import { Unprocessable } from '../events/cloud-events.ts'
import { keyOf } from '../events/event.ts'
import { oneLine, reasonOf } from '../log.ts'
import type { FailedTries } from './failing-store.ts'
import type { HandledState, PolicyOptions } from './policy.ts'

/** No order has as many messages. */
const mostOfKey = 50

/** The messages of a key that failed, and that nobody has handled since or made a dead letter of. */
export async function failingOf({ failing, handledAmong, deadLetters }: HandledState, key: string) {
  const found = (await failing?.ofKey(key, mostOfKey)) ?? []
  if (found.length === 0) return []
  const [handled, buried] = await Promise.all([
    handledAmong(found.map(({ eventId }) => ({ eventId, subject: key }))),
    deadLetters.among(found.map(({ id }) => id)),
  ])
  return found.filter(({ id, eventId }) => !handled.has(eventId) && !buried.has(id))
}

type Change = { readonly add: FailedTries } | { readonly remove: string }

/**
 * Records what fails, and what has not failed any more, in the service's own store: a write for each failed try, and
 * none for a message that succeeds at once. Nothing waits for it, and it decides nothing.
 * (failing-messages.int.test: "is handled, retried and buried as ever while it cannot be recorded")
 */
export function openFailureRecord({ state, log }: Pick<PolicyOptions, 'state' | 'log'>) {
  const store = state?.failing
  const write = batcher(async (changes: Change[]) => {
    const { added, removed } = lastOf(changes)
    if (added.length > 0) await store?.add(added)
    if (removed.length > 0) await store?.remove(removed)
    return changes.map(() => ({ value: undefined }))
  })
  const record = (change: Change) => {
    if (store)
      write(change).catch((error) =>
        log.debug({ reason: reasonOf(error) }, 'failure of a message not recorded'),
      )
  }
  return {
    failed: (message: JsMsg, error: unknown, delayMs: number) =>
      record({ add: triesOf(message, error, delayMs) }),
    /** It is handled, or a dead letter. One that was delivered once has never failed. */
    ended(message: JsMsg): void {
      if (message.info.deliveryCount > 1) record({ remove: idOf(message) })
    },
  }
}

/** What a batch changes: the last change of each message counts, and its tries are added up. */
function lastOf(changes: readonly Change[]) {
  const added = new Map<string, FailedTries>()
  const removed = new Set<string>()
  for (const change of changes)
    if ('remove' in change) {
      added.delete(change.remove)
      removed.add(change.remove)
    } else {
      const { add } = change
      removed.delete(add.id)
      added.set(add.id, { ...add, tries: add.tries + (added.get(add.id)?.tries ?? 0) })
    }
  return { added: [...added.values()], removed: [...removed] }
}

const idOf = ({ headers, seq, info: { stream, timestampNanos } }: JsMsg): string =>
  recordIdOf(messageIdOf(headers, { stream, sequence: seq, timestampNanos }))

/** Stores refuse NUL and halves of characters, which a message that nobody can read may have. */
const clean = (text: string, most: number) => text.replace(/\p{C}/gu, ' ').slice(0, most)

const triesOf = (message: JsMsg, error: unknown, delayMs: number): FailedTries => ({
  id: idOf(message),
  key: clean(keyOf(message.subject), 100),
  event: clean(message.headers?.get('ce-type') || message.subject, 200),
  eventId: clean(message.headers?.get('ce-id') || idOf(message), 200),
  stream: message.info.stream,
  streamSequence: message.seq,
  tries: 1,
  error: clean(error instanceof Unprocessable ? oneLine(error) : reasonOf(error), 500),
  delayMs,
})
