import type { JsMsg } from 'nats'
import { trackInFlight } from '../async/in-flight.ts'
import { parseDeadLetter, ReprocessingFailed } from '../dead-letters/publish.ts'
import type { DeadLetter } from '../dead-letters/reader.ts'
import { type Expected, parseMessage } from '../events/cloud-events.ts'
import { type Fact, keyOf, type ReceivedEvent } from '../events/event.ts'
import { KeyBusy } from '../postgres/locks.ts'
import { processing } from '../traces/message-spans.ts'
import { againOf } from './again.ts'
import { finishInTimePolicy } from './finish-in-time.ts'
import { keepAlivePolicy } from './keep-alive.ts'
import { keyOrderPolicy } from './key-order.ts'
import { fieldsOfEvent } from './log-fields.ts'
import { observePolicy } from './observe.ts'
import type { Handler, Policy, PolicyOptions } from './policy.ts'
import { outagePolicy } from './retry-outages.ts'
import { settlePolicy } from './settle.ts'

/** Handles messages concurrently, as many as it is given. */
export function openProcessor<F extends Fact>(options: PolicyOptions<F>) {
  const { broker, isOutage, log } = options
  const expected = expectedFrom(options)
  const inFlight = trackInFlight()

  const parse =
    (next: Handler<ReceivedEvent<F>>): Handler<JsMsg> =>
    async (message) => {
      const event = parseMessage(message, expected(message.info.stream))
      const again = againOf(message.info, options.consumersCreated.get(message.info.stream))
      await next(again ? { ...event, again } : event)
      log.debug(fieldsOfEvent(event), 'handled')
    }

  const keepAlive = keepAlivePolicy(options)
  const finishInTime = finishInTimePolicy(options)
  const settle = settlePolicy(options)
  const inKeyOrder: Policy<ReceivedEvent<F>> = options.inKeyOrder ? keyOrderPolicy() : (next) => next
  const retryOutages = outagePolicy(options)
  const handle = observePolicy(options)(
    processing<ReceivedEvent<F>>(options.durable, (event) => options.handle(event)),
  )

  // A message is kept alive while its dead letter is written, too. A key's later messages do not overtake one that
  // waits for its store, or is given back.
  // (consumer.int.test: "handles the messages of one key in sequence during an outage, too")
  const process = keepAlive(finishInTime(settle(parse(inKeyOrder(retryOutages(handle))))))
  // Without `retryOutages`: during an outage the operator's request fails at once, and does not wait.
  const handleDeadLetter = inKeyOrder(handle)

  /**
   * Handles the message of a dead letter as if it were delivered now, once. The dead letter stays.
   * @throws ReprocessingFailed, KeyBusy, or the outage error of a store
   */
  async function reprocess(deadLetter: DeadLetter): Promise<void> {
    const { sequence, subject, eventId } = deadLetter
    try {
      const event = await parseDeadLetter(broker, deadLetter, expected(deadLetter.stream))
      await handleDeadLetter(event)
      log.info({ sequence, ...fieldsOfEvent(event) }, 'dead letter handled')
    } catch (error) {
      if (isOutage(error) || error instanceof KeyBusy) throw error
      log.warn({ error, sequence, key: keyOf(subject), eventId, subject }, 'dead letter not handled')
      throw new ReprocessingFailed(error)
    }
  }

  return {
    /** Handles a message and tells the broker the outcome. */
    process: (message: JsMsg): Promise<unknown> => inFlight.track(process(message)),
    reprocess: (deadLetter: DeadLetter): Promise<void> => inFlight.track(reprocess(deadLetter)),
    idle: inFlight.idle,
  }
}

/** @returns what is expected from a stream: nothing, if the service does not subscribe to it */
function expectedFrom<F extends Fact>({ broker, subscriptions }: PolicyOptions<F>) {
  const { verify } = broker
  const nothing = { publisher: 'no service', events: [] }
  return (stream: string): Expected<F> => ({
    ...(subscriptions.find((subscription) => subscription.stream === stream) ?? nothing),
    verify,
  })
}
