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

const publicKeys = keySetting('PUBLIC KEY', 'must be a public key, as SPKI PEM or JWK', createPublicKey)

export const publicKey = publicKeys
  .refine(
    ([key, more]) => key && !more && algorithmsOf(key).length > 0,
    'must be one key: Ed25519, P-256, or RSA of at least 2048 bits',
  )
  .transform(([key]) => key as KeyObject)

/** One key or, while it is being changed, several PEM blocks. */
export const ed25519PublicKeys = publicKeys.refine((keys) => keys.every(isEd25519), 'must be Ed25519')

const privateKeys = keySetting('PRIVATE KEY', 'must be a private key, as PKCS8 PEM or JWK', createPrivateKey)

export const ed25519PrivateKey = privateKeys
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

type KeyKind = 'PUBLIC KEY' | 'PRIVATE KEY'

/** The keys in a setting: one JWK, or PEM blocks. Errors of `create` are not shown: they can quote a secret. */
function keySetting(
  kind: KeyKind,
  message: string,
  create: (key: string | { key: JsonWebKey; format: 'jwk' }) => KeyObject,
) {
  return z.string().transform((text, context) => {
    try {
      const isJson = text.trimStart().startsWith('{')
      const sources = isJson ? [{ key: jwkIn(text, kind), format: 'jwk' as const }] : pemBlocks(text, kind)
      if (sources.length > 0) return sources.map((source) => create(source))
    } catch {}
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}

const isEd25519 = (key: KeyObject) => key.asymmetricKeyType === 'ed25519'

function jwkIn(text: string, kind: KeyKind): JsonWebKey {
  const jwk = JSON.parse(text) as JsonWebKey
  // Node would derive a public key from a private one, which does not belong here.
  if (kind === 'PUBLIC KEY' && jwk.d !== undefined) throw new Error('a private key')
  return jwk
}

/** An environment file that cannot hold line breaks has `\n` for each. */
function pemBlocks(text: string, kind: KeyKind): string[] {
  const block = new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`, 'g')
  return text.replaceAll('\\n', '\n').match(block) ?? []
}
