import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { EventKeys } from '../events/signature.ts'

// An Ed25519 key in PKCS8: the fixed beginning, and 32 bytes that make the same key in every process of a test.
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)])

export const testKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })

const publishers = ['order', 'payment', 'delivery', 'counter', 'nudger', 'library', 'shop']

/** Every publisher of the tests has the same key. */
export const testKeys: EventKeys = {
  signing: testKey,
  trusted: Object.fromEntries(publishers.map((publisher) => [publisher, [createPublicKey(testKey)]])),
}
