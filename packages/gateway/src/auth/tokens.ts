import type { KeyObject } from 'node:crypto'
import { recent } from '@saucery/chassis/async/lru-cache'
import { algorithmsOf } from '@saucery/chassis/settings/keys'
import { type Caller, callerSchema } from '@saucery/contracts/access/scope'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import {
  AuthenticationError,
  keysUnavailable,
  notSignedIn,
  roleMissing,
  tokenExpired,
  tokenInvalid,
} from './not-signed-in.ts'

export interface TokenRules {
  readonly keys: KeySource
  readonly issuer: string
  readonly audience: string
  /** The names of the claims that say what the caller is, and which branch. */
  readonly claims: { readonly role: string; readonly branchId: string }
}

export interface KeySource {
  readonly find: JWTVerifyGetKey
  readonly algorithms: readonly string[]
}

const clockToleranceS = 5
/** A key that is withdrawn is still believed for so long, at most. */
const believedMs = 30_000

/** One key, from the settings. */
export const staticKey = (key: KeyObject): KeySource => ({
  find: async () => key,
  algorithms: algorithmsOf(key),
})

/** The keys at a URL, read again when a token names one that is not among them, but not more often than that. */
export function remoteKeys(url: string, cooldownDuration: number): KeySource {
  const keys = createRemoteJWKSet(new URL(url), { cooldownDuration, timeoutDuration: 3000 })
  return {
    algorithms: ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'],
    async find(header, token) {
      try {
        return await keys(header, token)
      } catch (error) {
        if (isFaultOfToken(error)) throw error
        throw keysUnavailable(error)
      }
    },
  }
}

const isFaultOfToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/**
 * @returns what says who sent a request with this `Authorization`
 * @throws NotSignedIn
 */
export function tokenVerifier(rules: TokenRules): (authorization: string | undefined) => Promise<Caller> {
  // By the whole token: nobody is taken for someone else (sign-in.test: "are told apart, …").
  const known = recent<Caller>(10_000)
  const options = {
    algorithms: [...rules.keys.algorithms],
    issuer: rules.issuer,
    audience: rules.audience,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: clockToleranceS,
  }
  return async (authorization) => {
    const token = bearer.exec(authorization ?? '')?.[1]
    if (token === undefined) throw notSignedIn()
    const remembered = known.get(token)
    if (remembered) return remembered
    const { payload } = await jwtVerify(token, rules.keys.find, options).catch((error) => {
      throw refusalOf(error)
    })
    const caller = callerIn(payload, rules.claims)
    known.set(token, caller, Math.min((payload.exp ?? 0) * 1000, Date.now() + believedMs))
    return caller
  }
}

/** RFC 6750 §2.1. */
const bearer = /^Bearer +([\w\-.~+/]+=*) *$/i

function refusalOf(error: unknown): unknown {
  if (error instanceof AuthenticationError) return error
  if (error instanceof errors.JWTExpired) return tokenExpired()
  if (error instanceof errors.JWTClaimValidationFailed)
    return tokenInvalid(`Its ${error.claim} does not fit.`)
  return error instanceof errors.JOSEError ? tokenInvalid() : error
}

function callerIn(payload: JWTPayload, { role, branchId }: TokenRules['claims']): Caller {
  const branch = payload[branchId]
  const { data } = callerSchema.safeParse({
    subject: payload.sub,
    role: onlyOne(payload[role]),
    branchId: typeof branch === 'number' ? String(branch) : branch,
    signedInUntil: (payload.exp ?? 0) + clockToleranceS,
  })
  if (!data) throw roleMissing(role, branchId)
  return data
}

/** Providers also give roles as a list; of two nobody could say which is meant. */
const onlyOne = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value)
