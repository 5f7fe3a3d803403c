import { createPublicKey, generateKeyPairSync } from 'node:crypto'

const { privateKey } = generateKeyPairSync('ed25519')
const publicPem = String(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }))

/** Settings with a key that is made for this process. */
export const eventKeySettings = {
  EVENT_SIGNING_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  EVENT_PUBLIC_KEYS: JSON.stringify({ order: publicPem }),
}
