import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { MsgHdrs } from 'nats'

/** The keys that a service knows. All are Ed25519. */
export interface EventKeys {
  /** Signs the events that this service publishes. A service that publishes none has none. */
  readonly signing?: KeyObject | undefined
  /** The public keys of each publisher: several while one replaces another. */
  readonly trusted: Readonly<Record<string, readonly KeyObject[]>>
  /** Events without a signature are accepted if the stream stored them before this time: for an upgrade. */
  readonly unsignedUntil?: Date | undefined
}

/** A message, from a stream or not. */
export interface SignedMessage {
  readonly subject: string
  readonly headers?: MsgHdrs | undefined
  readonly data: Uint8Array
}

/** Names the key by its public part, so that nobody has to choose ids. */
export function keyIdOf(key: KeyObject): string {
  const spki = (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64url').slice(0, 16)
}

export type EventSigner = NonNullable<ReturnType<typeof eventSigner>>

/** @returns a function that adds the signature to a message's headers */
export function eventSigner({ signing }: EventKeys) {
  if (!signing) return undefined
  const keyId = keyIdOf(signing)
  return (subject: string, headers: MsgHdrs, data: Uint8Array): void => {
    headers.set('ce-keyid', keyId)
    headers.set(
      'ce-signature',
      sign(null, signedBytes(subject, headers, data), signing).toString('base64url'),
    )
  }
}

export type Verdict = 'signed' | 'unsigned' | 'unknown-key' | 'forged'

export type EventVerifier = ReturnType<typeof eventVerifier>

/** @returns a function that tells whether the publisher signed a message that arrived at this time */
export function eventVerifier({ trusted, unsignedUntil }: EventKeys) {
  const keysOf = new Map(
    Object.entries(trusted).map(([publisher, keys]) => [
      publisher,
      new Map(keys.map((key) => [keyIdOf(key), key])),
    ]),
  )
  return ({ subject, headers, data }: SignedMessage, publisher: string, arrived: Date): Verdict => {
    const signature = headers?.get('ce-signature')
    if (!headers || !signature) return unsignedUntil && arrived < unsignedUntil ? 'signed' : 'unsigned'
    const key = keysOf.get(publisher)?.get(headers.get('ce-keyid'))
    if (!key) return 'unknown-key'
    const bytes = signedBytes(subject, headers, data)
    return verify(null, bytes, key, Buffer.from(signature, 'base64url')) ? 'signed' : 'forged'
  }
}

// Everything that a handler acts on. The trace context may change on the way.
const signedHeaders = ['ce-id', 'ce-type', 'ce-source', 'ce-time', 'ce-dataschema', 'ce-causationid']

/** A JSON array has one reading only, so no value can pass for a part of its neighbour. */
const signedBytes = (subject: string, headers: MsgHdrs, data: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from(JSON.stringify([subject, ...signedHeaders.map((name) => headers.get(name))])),
    data,
  ])
