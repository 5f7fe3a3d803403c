import { batcher } from '../async/batcher.ts'
import { trackInFlight } from '../async/in-flight.ts'
import { toHeaders } from '../events/cloud-events.ts'
import type { Event } from '../events/event.ts'
import type { EventSigner } from '../events/signature.ts'
import type { Broker } from '../nats/connection.ts'
import { endSend, openSend } from '../traces/message-spans.ts'
import { markFailed, traceparentOf } from '../traces/spans.ts'
import { markPublished, type Stored, type UnpublishedEvent } from './outbox-table.ts'
import { watchPublishing } from './publishing-state.ts'
import type { OutboxOptions, StreamWatch } from './stream-watch.ts'

/** Events of this process that may wait for the broker. Further ones stay in the table for the sweeper. */
const maxInFlight = 5000

const encoder = new TextEncoder()

/**
 * Publishes events, and marks their rows as published.
 * @param onRegression runs when the stream's sequences went back
 */
export function openPublisher(options: OutboxOptions, stream: StreamWatch, onRegression: () => void) {
  const { db, broker, log } = options
  const signAll = signerOf(broker)
  // What is published in one turn has one signature: verifying each event's own would cost a saga more than its SQL.
  const sign = batcher(async (messages: Parameters<EventSigner>[0][number][]) => {
    signAll(messages)
    return messages.map(() => ({ value: undefined }))
  })
  const publishing = watchPublishing(options.stream.name, log)
  const inFlight = trackInFlight()
  let eventsInFlight = 0
  let lastSequence = 0

  const mark = batcher(
    async (rows: Stored[]) => {
      await markPublished(db, rows)
      return rows.map(() => ({ value: undefined }))
    },
    // Nobody waits for the mark: four a second are as good as one for each event.
    { size: 1000, everyMs: () => 250 },
  )

  async function send(event: Event) {
    const { id, subject } = event
    const data = encoder.encode(JSON.stringify(event.data))
    const headers = toHeaders(event, broker.name)
    headers.set('Nats-Msg-Id', id)
    await sign({ subject, headers, data })
    return broker.publish(subject, data, headers)
  }

  /** The message carries the context of its own publish: the row has that of its transaction. */
  async function sendTraced(event: UnpublishedEvent) {
    const opened = openSend(event, event.wasPublished ? 'republish' : undefined)
    if (!opened) return send(event)
    const traceparent = traceparentOf(opened.context) ?? event.traceparent
    try {
      const ack = await send({ ...event, traceparent })
      endSend(opened.span, ack)
      return ack
    } catch (error) {
      markFailed(opened.span, error)
      opened.span.end()
      throw error
    }
  }

  async function publishOne(event: UnpublishedEvent): Promise<void> {
    const { id } = event
    const ack = await sendTraced(event)
    // A duplicate is a success: an earlier try was stored, and its acknowledgement was lost.
    if (!ack.duplicate) {
      // Sequences start again when another replica recreated the stream or the broker lost its last writes.
      // (outbox.int.test: "notices that another replica has recreated the stream")
      if (ack.seq <= lastSequence) onRegression()
      lastSequence = ack.seq
    }
    const streamCreated = await stream.created()
    await mark({ id, stream: ack.stream, streamSequence: ack.seq, streamCreated })
  }

  /** @returns the number of events that it could not publish */
  async function publishAll(events: UnpublishedEvent[]): Promise<number> {
    if (events.length === 0) return 0
    const since = performance.now()
    const results = await Promise.allSettled(events.map(publishOne))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    publishing.note(since, events.length, errors)
    if (errors.length === 0) return 0
    // The stream itself may be gone: then the server answers 503, no responders.
    if (broker.isConnected()) await stream.check()
    return errors.length
  }

  return {
    state: publishing.state,
    publishAll,
    publish(events: Event[]): void {
      if (events.length === 0 || eventsInFlight + events.length > maxInFlight) return
      eventsInFlight += events.length
      void inFlight.track(
        publishAll(events).finally(() => {
          eventsInFlight -= events.length
        }),
      )
    },
    settled: inFlight.settled,
    idle: inFlight.idle,
  }
}

function signerOf({ name, sign }: Broker): EventSigner {
  if (!sign) throw new Error(`${name} has no key to sign its events with`)
  return sign
}
