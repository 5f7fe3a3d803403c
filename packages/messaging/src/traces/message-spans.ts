import { type Attributes, type Span, SpanKind } from '@opentelemetry/api'
import { isTracing, keyAttribute, type OpenSpan, openRelated, traceparentOf, within } from './spans.ts'

/** Of an event, what its spans tell. */
interface TracedEvent {
  readonly id: string
  readonly name: string
  readonly subject: string
  readonly traceparent: string
}

interface TracedDelivery extends TracedEvent {
  readonly stream: string
  readonly sequence: number
  readonly deliveries: number
  readonly again?: string
}

/** https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans, which has no rules of its own for NATS. */
function attributesOf({ id, name, subject }: TracedEvent, operation: 'send' | 'process'): Attributes {
  const at = subject.lastIndexOf('.')
  return {
    'messaging.system': 'nats',
    'messaging.operation.type': operation,
    'messaging.operation.name': operation === 'send' ? 'publish' : 'process',
    'messaging.destination.name': subject,
    'messaging.destination.template': `${subject.slice(0, at)}.{key}`,
    'messaging.message.id': id,
    [keyAttribute]: subject.slice(at + 1),
    'cloudevents.event_type': name,
  }
}

/** Without the key, so that there are only a few. */
const nameOf = (operation: string, { subject }: TracedEvent) =>
  `${operation} ${subject.slice(0, subject.lastIndexOf('.'))}`

/**
 * The span of a publish, from when it is sent until the broker has stored it. Its context goes along with the message:
 * what a consumer does is its child.
 * @param again why the event was published before; then it is a link to that, and so is all that comes of it
 */
export function openSend(event: TracedEvent, again?: string): OpenSpan | undefined {
  if (!isTracing()) return undefined
  const options = { kind: SpanKind.PRODUCER, attributes: attributesOf(event, 'send') }
  return openRelated(nameOf('publish', event), options, event.traceparent, again)
}

export function endSend(span: Span, ack: { stream: string; seq: number; duplicate: boolean }): void {
  span.setAttributes({ 'nats.stream': ack.stream, 'nats.sequence': ack.seq, 'nats.duplicate': ack.duplicate })
  span.end()
}

/** A handler in a span, round the handler and not the receipt. What the handler causes is in the event's context then. */
export const processing =
  <E extends TracedDelivery>(consumer: string, handle: (event: E) => Promise<unknown>) =>
  (event: E): Promise<unknown> => {
    if (!isTracing()) return handle(event)
    const attributes = {
      ...attributesOf(event, 'process'),
      'messaging.consumer.group.name': consumer,
      'nats.stream': event.stream,
      'nats.sequence': event.sequence,
      'nats.deliveries': event.deliveries,
    }
    const options = { kind: SpanKind.CONSUMER, attributes }
    const opened = openRelated(nameOf('process', event), options, event.traceparent, event.again)
    const traceparent = traceparentOf(opened.context) ?? event.traceparent
    return within(opened, () => handle({ ...event, traceparent }))
  }
