import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '@saucery/servers/install/secrets'
import { SignJWT } from 'jose'

/** The variables by which the gateway and the services know whether, and by which keys, callers sign in. */
export type SignInEnv = Readonly<Record<'gateway' | 'services', NodeJS.ProcessEnv>>

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

/** An Ed25519 key, created when it is first needed and kept in the folder `keys`, readable by its owner only. */
export function loadOrCreateKey(dataDir: string, name: 'gateway' | 'tokens' | `${string}-events`): KeyObject {
  const folder = join(dataDir, 'keys')
  const file = join(folder, `${name}.pem`)
  if (existsSync(file)) return readKey(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  writePrivateFile(file, privatePem(privateKey))
  return privateKey
}

function readKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file))
  } catch (cause) {
    const advice = 'Restore it: events that were signed with it are not believed with another'
    throw new Error(`${file} cannot be read as a key (${cause}). ${advice}.`, { cause })
  }
}

export const privatePem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))

export const publicPem = (key: KeyObject): string =>
  String(createPublicKey(key).export({ type: 'spki', format: 'pem' }))
