import { SignJWT } from 'jose'
import { loadOrCreateKey, privatePem, publicPem } from './keys.ts'

/** What the gateway and the services are told about signing in. */
export interface SignInSettings {
  readonly gateway: NodeJS.ProcessEnv
  readonly services: NodeJS.ProcessEnv
}

const issuer = 'saucery-on-this-machine'
const audience = 'saucery'
const off = { AUTH: 'off' }

/** Off, unless the environment says `AUTH=on`: then with keys of this machine, or those that it names. */
export function signInSettings(dataDir: string, env: NodeJS.ProcessEnv): SignInSettings {
  const auth = env.AUTH || 'off'
  if (auth === 'off') return { gateway: off, services: off }
  if (auth !== 'on') throw new Error(`AUTH has to be on or off: ${auth}`)
  const key = loadOrCreateKey(dataDir, 'gateway')
  const named = Object.entries(env).filter(([variable]) => variable.startsWith('AUTH_'))
  const elsewhere = env.AUTH_JWKS_URL || env.AUTH_PUBLIC_KEY
  return {
    gateway: {
      ...(elsewhere ? Object.fromEntries(named) : localTokenSettings(dataDir)),
      AUTH: 'on',
      GATEWAY_SIGNING_KEY: privatePem(key),
    },
    services: { AUTH: 'on', GATEWAY_PUBLIC_KEY: publicPem(key) },
  }
}

/** What a gateway is told to take the tokens of `makeToken`. */
export const localTokenSettings = (dataDir: string) => ({
  AUTH_PUBLIC_KEY: publicPem(loadOrCreateKey(dataDir, 'tokens')),
  AUTH_ISSUER: issuer,
  AUTH_AUDIENCE: audience,
})

export interface TokenClaims {
  readonly role: string
  readonly branch?: string | undefined
  readonly subject?: string | undefined
  readonly seconds?: number
}

/** A token that a gateway started here takes, when the environment names no other keys. */
export const signToken = (
  dataDir: string,
  { role, branch, subject = branch === undefined ? role : `${role}-${branch}`, seconds = 3600 }: TokenClaims,
): Promise<string> =>
  new SignJWT({ role, ...(branch !== undefined && { branch_id: branch }) })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setExpirationTime(new Date(Date.now() + seconds * 1000))
    .sign(loadOrCreateKey(dataDir, 'tokens'))
