import { SignJWT } from 'jose'
import { loadOrCreateKey, privatePem, publicPem } from './keys.ts'

/** The variables by which the gateway and the services know whether, and by which keys, callers sign in. */
export interface SignInEnv {
  readonly gateway: NodeJS.ProcessEnv
  readonly services: NodeJS.ProcessEnv
}

const issuer = 'saucery-on-this-machine'
const audience = 'saucery'
const off = { AUTH: 'off' }

/** Off by default. With AUTH=on, tokens are signed with a key of this machine, or by the issuer that AUTH_* names. */
export function signInEnv(dataDir: string, env: NodeJS.ProcessEnv): SignInEnv {
  const auth = env.AUTH || 'off'
  if (auth === 'off') return { gateway: off, services: off }
  if (auth !== 'on') throw new Error(`AUTH has to be on or off: ${auth}`)
  const key = loadOrCreateKey(dataDir, 'gateway')
  const named = Object.entries(env).filter(([variable]) => variable.startsWith('AUTH_'))
  const hasIssuer = env.AUTH_JWKS_URL || env.AUTH_PUBLIC_KEY
  return {
    gateway: {
      ...(hasIssuer ? Object.fromEntries(named) : localTokenSettings(dataDir)),
      AUTH: 'on',
      GATEWAY_SIGNING_KEY: privatePem(key),
    },
    services: { AUTH: 'on', GATEWAY_PUBLIC_KEY: publicPem(key) },
  }
}

/** The settings with which a gateway accepts the tokens of `signToken`. */
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

/** A token that the gateway accepts, unless the environment names another issuer. Valid for an hour by default. */
export function signToken(dataDir: string, claims: TokenClaims): Promise<string> {
  const { role, branch, seconds = 3600 } = claims
  const { subject = branch === undefined ? role : `${role}-${branch}` } = claims
  return new SignJWT({ role, ...(branch !== undefined && { branch_id: branch }) })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setExpirationTime(new Date(Date.now() + seconds * 1000))
    .sign(loadOrCreateKey(dataDir, 'tokens'))
}
