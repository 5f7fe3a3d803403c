import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { type Cause, type Fact, stamp } from '@saucery/messaging/events/event'
import type { JetStreamClient } from 'nats'

/** Publishes from one process that are not acknowledged yet. */
export const PUBLISH_WINDOW = 512

const encoder = new TextEncoder()

/** Publishes a fact as a service would, to its own subject or another one. */
export async function publish(js: JetStreamClient, fact: Fact, cause: Cause, subject = fact.subject) {
  const event = stamp(fact, cause, new Date())
  const data = encoder.encode(JSON.stringify(event.data))
  await js.publish(subject, data, { msgID: event.id, headers: toHeaders(event, 'bench') })
}
