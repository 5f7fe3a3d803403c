import type { JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { batcher } from '../async/batcher.ts'
import { publishDeadLetter } from '../dead-letters/publish.ts'
import { deadLetterReason } from '../dead-letters/reason.ts'
import { UnknownKind, Unprocessable } from '../events/cloud-events.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { KeyBusy } from '../postgres/locks.ts'
import { openFailureRecord } from './failing-messages.ts'
import { countFailures } from './failures.ts'
import { openGiveBack } from './give-back.ts'
import { fieldsOfMessage } from './log-fields.ts'
import type { Policy, PolicyOptions } from './policy.ts'
import { StoreDown } from './retry-outages.ts'

/**
 * Tells the broker the outcome of a message. A handled message is acknowledged. A failed one is redelivered after a
 * growing delay. One that cannot be read twice, or has used up its tries, is terminated once its dead letter is stored.
 */
export function settlePolicy(options: PolicyOptions): Policy<JsMsg> {
  const { broker, log } = options
  // Writes the acknowledgements of one turn together: as system calls they would cost more than all else here.
  const acknowledgeAll = async (messages: JsMsg[]) => messages.map((message) => ({ value: message.ack() }))
  const acknowledge = batcher(acknowledgeAll, { size: 1000 })
  const giveBack = openGiveBack(options)
  const failures = countFailures()
  const record = openFailureRecord(options)
  const handled = (message: JsMsg) => {
    failures.forget(message)
    record.ended(message)
    return acknowledge(message)
  }
  const failed = async (message: JsMsg, error: unknown) => {
    const delayMs = error instanceof UnknownKind ? giveBack(message, error) : undefined
    if (delayMs !== undefined) return record.failed(message, error, delayMs)
    if (isTransient(options, error)) return returnUntried(options, message, error)
    const nextTryMs = await settleFailure(options, message, error, failures.add(message))
    if (nextTryMs === undefined) record.ended(message)
    else record.failed(message, error, nextTryMs)
  }
  return (next) => async (message) => {
    try {
      await next(message).then(
        () => handled(message),
        (error) => failed(message, error),
      )
      // There nats.js drops what is sent, without an error.
      if (broker.connection.isClosed()) throw new Error('the connection is closed for good')
    } catch (error) {
      // The message is unacknowledged, and is redelivered to another replica.
      log.warn({ error, ...fieldsOfMessage(message) }, 'outcome of a message not sent to the broker')
    }
  }
}

const isTransient = ({ drained, isOutage }: PolicyOptions, error: unknown): boolean =>
  drained.aborted || error instanceof StoreDown || error instanceof KeyBusy || isOutage(error)

/** Returns a message that uses up no try. */
function returnUntried({ store, drained, log }: PolicyOptions, message: JsMsg, error: unknown): void {
  const fields = { error, ...fieldsOfMessage(message) }
  // This replica takes nothing meanwhile. Without a delay, messages come again in the order in which they are returned.
  if (error instanceof StoreDown || store.isDown()) {
    log.debug(fields, 'store unavailable, message given back')
    message.nak()
  } else {
    log.warn(fields, 'message not handled, will be redelivered')
    message.nak(drained.aborted ? undefined : retryDelay(message.info.deliveryCount, { maxMs: 5000 }))
  }
}

/** The event's type, if the service subscribes to it. */
function eventOf({ subscriptions }: PolicyOptions, message: JsMsg): string {
  const name = message.headers?.get('ce-type')
  return subscriptions.some(({ events }) => events.some(({ event }) => event === name))
    ? String(name)
    : 'unknown'
}

/**
 * Whether no further delivery can help. What cannot be read may have been torn on its way, and is delivered twice; a
 * signed event of an unknown kind was not.
 * (publish.int.test: "is no message that was torn on its way, once")
 */
const isUseless = (error: unknown, deliveries: number): boolean =>
  error instanceof UnknownKind || (error instanceof Unprocessable && deliveries > 1)

/** @returns the delay before the next try, in ms; undefined for a dead letter */
async function settleFailure(options: PolicyOptions, message: JsMsg, error: unknown, tries: number) {
  const { broker, log, maxTries, replicas, state, observer } = options
  const fields = { error, ...fieldsOfMessage(message), attempt: tries }
  const delayMs = retryDelay(tries)
  if (tries < maxTries && !isUseless(error, message.info.deliveryCount)) {
    log.warn(fields, 'handler failed, message will be redelivered')
    message.nak(delayMs)
    return delayMs
  }
  try {
    await publishDeadLetter(broker, message, error, state?.deadLetters)
    message.term(String(error).slice(0, 100))
    observer.deadLettered(eventOf(options, message), deadLetterReason(error))
    log.error(fields, 'handler failed, message stored as a dead letter')
    return undefined
  } catch (publishError) {
    log.error({ ...fields, publishError }, 'dead letter not stored, message will be redelivered')
    await ensureStream(broker.jsm, deadLettersStream, replicas).catch(() => {})
    message.nak(delayMs)
    return delayMs
  }
}
