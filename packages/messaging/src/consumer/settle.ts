import type { JsMsg } from 'nats'
import { retryDelay } from '../async/backoff.ts'
import { batcher } from '../async/batcher.ts'
import { publishDeadLetter } from '../dead-letters/publish.ts'
import { UnknownKind, Unprocessable } from '../events/cloud-events.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { openGiveBack } from './give-back.ts'
import type { Policy, PolicyOptions } from './policy.ts'

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
  return (next) => async (message) => {
    try {
      await next(message).then(
        () => acknowledge(message),
        (error) =>
          error instanceof UnknownKind && giveBack(message, error)
            ? undefined
            : settleFailure(options, message, error),
      )
      // There nats.js drops what is sent, without an error.
      if (broker.connection.isClosed()) throw new Error('the connection is closed for good')
    } catch (error) {
      // The message is unacknowledged, and is redelivered to another replica.
      log.warn({ error, subject: message.subject }, 'outcome of a message not sent to the broker')
    }
  }
}

/**
 * Whether no further delivery can help. What cannot be read may have been torn on its way, and is delivered twice; a
 * signed event of an unknown kind was not.
 * (publish.int.test: "is no message that was torn on its way, once")
 */
const isUseless = (error: unknown, deliveries: number): boolean =>
  error instanceof UnknownKind || (error instanceof Unprocessable && deliveries > 1)

async function settleFailure(options: PolicyOptions, message: JsMsg, error: unknown): Promise<void> {
  const { broker, isOutage, log, maxTries, replicas, state, stopping } = options
  const tries = message.info.deliveryCount
  const fields = { error, subject: message.subject, eventId: message.headers?.get('ce-id'), tries }
  const isTransient = stopping.aborted || isOutage(error)
  const isFinal = tries >= maxTries && !isTransient
  if (!(isFinal || isUseless(error, tries))) {
    log.warn(fields, 'handler failed, message will be redelivered')
    return message.nak(retryDelay(tries))
  }
  try {
    await publishDeadLetter(broker, message, error, state?.deadLetters)
    message.term(String(error).slice(0, 100))
    log.error(fields, 'handler failed, message stored as a dead letter')
  } catch (publishError) {
    log.error({ ...fields, publishError }, 'dead letter not stored, message will be redelivered')
    await ensureStream(broker.jsm, deadLettersStream, replicas).catch(() => {})
    message.nak(retryDelay(tries))
  }
}
