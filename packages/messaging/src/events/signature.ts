import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { MsgHdrs } from 'nats'
import { leafOf, proofsOf, rootOf } from './inclusion-proof.ts'

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

/**
 * @returns a function that adds signatures to the headers of messages. Several get one signature together, each with
 * its proof of inclusion: a consumer verifies it once.
 * (signature.test: "is accepted for each of them, in any order and without the others")
 */
export function eventSigner({ signing }: EventKeys) {
  if (!signing) return undefined
  const keyId = keyIdOf(signing)
  return (messages: readonly Required<SignedMessage>[]): void => {
    const bytes = messages.map(signedBytes)
    const { root, proofs } = proofsOf(bytes.length > 1 ? bytes.map(leafOf) : [])
    const signature = sign(null, bytes.length > 1 ? rootBytes(root) : (bytes[0] ?? root), signing)
    const text = signature.toString('base64url')
    messages.forEach(({ headers }, i) => {
      headers?.set('ce-keyid', keyId)
      headers?.set('ce-signature', text)
      if (proofs[i]) headers?.set('ce-inclusionproof', proofs[i])
    })
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
  const verified = rememberVerified()
  return (message: SignedMessage, publisher: string, arrived: Date): Verdict => {
    const { headers } = message
    const signature = headers?.get('ce-signature')
    if (!headers || !signature) return unsignedUntil && arrived < unsignedUntil ? 'signed' : 'unsigned'
    const keyId = headers.get('ce-keyid')
    const key = keysOf.get(publisher)?.get(keyId)
    if (!key) return 'unknown-key'
    const isSigned = (bytes: Uint8Array) => verify(null, bytes, key, Buffer.from(signature, 'base64url'))
    const proof = headers.get('ce-inclusionproof')
    if (!proof) return isSigned(signedBytes(message)) ? 'signed' : 'forged'
    const root = rootOf(leafOf(signedBytes(message)), proof)
    if (!root) return 'forged'
    const group = [publisher, keyId, signature, root.toString('base64url')].join(' ')
    return verified(group, () => isSigned(rootBytes(root))) ? 'signed' : 'forged'
  }
}

/** The roots of the last groups. The events of one arrive together, or nearly so. */
const rememberedRoots = 1000

function rememberVerified() {
  const verified = new Set<string>()
  return (root: string, isSigned: () => boolean): boolean => {
    if (verified.has(root)) return true
    if (!isSigned()) return false
    verified.add(root)
    if (verified.size > rememberedRoots) verified.delete(String(verified.values().next().value))
    return true
  }
}

// Everything that a handler acts on. The trace context may change on the way.
const signedHeaders = ['ce-id', 'ce-type', 'ce-source', 'ce-time', 'ce-dataschema', 'ce-causationid']

/** A JSON array has one reading only, so no value can pass for a part of its neighbour. */
const signedBytes = ({ subject, headers, data }: SignedMessage): Uint8Array =>
  Buffer.concat([
    Buffer.from(JSON.stringify([subject, ...signedHeaders.map((name) => headers?.get(name))])),
    data,
  ])

/** Begins like no signed event: those are JSON. */
const rootBytes = (root: Buffer): Uint8Array => Buffer.concat([rootPrefix, root])
const rootPrefix = Buffer.from('root of events:')
