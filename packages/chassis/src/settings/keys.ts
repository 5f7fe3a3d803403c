import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'

/** The algorithms that a token may name for this key. */
export function algorithmsOf(key: KeyObject): readonly string[] {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519']
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return ['ES256']
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return ['RS256', 'PS256']
  return []
}

const publicKeys = keySetting('must be a public key, as SPKI PEM or JWK', (text) =>
  isJson(text) ? [publicJwk(text)] : pemBlocks(text, 'PUBLIC KEY').map((pem) => createPublicKey(pem)),
)

export const publicKey = publicKeys
  .refine(
    ([key, more]) => key && !more && algorithmsOf(key).length > 0,
    'must be one key: Ed25519, P-256, or RSA of at least 2048 bits',
  )
  .transform(([key]) => key as KeyObject)

/** One key or, while it is being changed, several PEM blocks. */
export const ed25519PublicKeys = publicKeys.refine((keys) => keys.every(isEd25519), 'must be Ed25519')

export const ed25519PrivateKey = keySetting('must be a private key, as PKCS8 PEM or JWK', (text) =>
  isJson(text)
    ? [createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' })]
    : pemBlocks(text, 'PRIVATE KEY').map((pem) => createPrivateKey(pem)),
)
  .refine(([key, more]) => key && !more && isEd25519(key), 'must be one Ed25519 key')
  .transform(([key]) => key as KeyObject)

/** The public keys of each publisher of events, as a JSON object: `{"order": "-----BEGIN PUBLIC KEY-----…", …}`. */
export const eventPublicKeys = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON: public keys by the name of their service' })
      return z.NEVER
    }
  })
  .pipe(z.record(z.string(), ed25519PublicKeys))

/** The keys that `read` finds in a setting. Its errors are not shown, because they can quote a secret. */
function keySetting(message: string, read: (text: string) => KeyObject[]) {
  return z.string().transform((text, context) => {
    try {
      const keys = read(text)
      if (keys.length > 0) return keys
    } catch {}
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

const isJson = (text: string) => text.trimStart().startsWith('{')

const isEd25519 = (key: KeyObject) => key.asymmetricKeyType === 'ed25519'

function publicJwk(text: string): KeyObject {
  const jwk = JSON.parse(text) as JsonWebKey
  // Node would derive a public key from a private one, which does not belong here.
  if (jwk.d !== undefined) throw new Error('a private key')
  return createPublicKey({ key: jwk, format: 'jwk' })
}

/** An environment file that cannot hold line breaks has `\n` for each. */
function pemBlocks(text: string, kind: string): string[] {
  const block = new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`, 'g')
  return text.replaceAll('\\n', '\n').match(block) ?? []
}
