import { createHash } from 'node:crypto'
import type { Actor, Cause } from './event.ts'

const prefix = 'request:'

/**
 * A request as the cause of events. Its id has a prefix that no id of an event and no name of a deadline has, so what a
 * client chooses can never pass for one of them. It ends in a digest of the actor: the publisher's signature covers the
 * causation id, and thereby the actor, and consumers of releases without actors verify the same bytes as before.
 * (actor.test: "is refused when it was changed on the way")
 * @param requestId without a colon
 */
export function requestCause(requestId: string, traceparent: string, actor: Actor): Cause {
  return { id: `${prefix}${requestId}:${digestOf(actorText(actor))}`, traceparent, requestedBy: actor }
}

/** In ASCII, as a header has to be. The order of the fields is always the same: the digest is of this text. */
export function actorText({ subject, role, branchId }: Actor): string {
  const text = JSON.stringify({ subject, role, branchId })
  return text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** @returns the actor; undefined if the event was not caused by its request */
export function readActor(text: string, causationId: string): Actor | undefined {
  if (!causationId.startsWith(prefix) || causationId.split(':')[2] !== digestOf(text)) return undefined
  return JSON.parse(text)
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)
