import type { JsMsg } from 'nats'
import { keyOf, type ReceivedEvent } from '../events/event.ts'
import { traceIdOf } from '../events/trace-context.ts'

/** What a log line names of an event: the same names everywhere. */
export const fieldsOfEvent = ({ name, subject, id, traceparent, deliveries }: ReceivedEvent) => ({
  event: name,
  key: keyOf(subject),
  eventId: id,
  traceId: traceIdOf(traceparent),
  attempt: deliveries,
})

/** As `fieldsOfEvent`, of a message that may be no event. */
export const fieldsOfMessage = ({ subject, headers, info }: JsMsg) => ({
  event: headers?.get('ce-type') || undefined,
  key: keyOf(subject),
  eventId: headers?.get('ce-id') || undefined,
  traceId: traceIdOf(headers?.get('traceparent')),
  attempt: info.deliveryCount,
  subject,
})
