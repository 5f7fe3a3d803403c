import { toHeaders } from '@saucery/messaging/events/cloud-events'
import { type Cause, type Fact, stamp } from '@saucery/messaging/events/event'
import type { EventSigner } from '@saucery/messaging/events/signature'
import type { JetStreamClient } from 'nats'

/** Publishes from one process that are not acknowledged yet. */
export const PUBLISH_WINDOW = 512

const encoder = new TextEncoder()

/** Publishes a fact as a service would, to its own subject or another one. Consumers accept it only if it is signed. */
export async function publish(
  js: JetStreamClient,
  fact: Fact,
  cause: Cause,
  { subject = fact.subject, publisher = 'bench', sign = undefined as EventSigner | undefined } = {},
) {
  const event = stamp(fact, cause, new Date())
  const data = encoder.encode(JSON.stringify(event.data))
  const headers = toHeaders(event, publisher)
  sign?.([{ subject, headers, data }])
  await js.publish(subject, data, { msgID: event.id, headers })
}
