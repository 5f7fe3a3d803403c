import type { KeyObject } from 'node:crypto'
import { openTokenCache } from '@saucery/chassis/auth/token-cache'
import { algorithmsOf } from '@saucery/chassis/settings/keys'
import { type Caller, callerSchema } from '@saucery/contracts/access/scope'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { keysUnavailable, notSignedIn, roleMissing, tokenExpired, tokenInvalid } from './errors.ts'

interface TokenRules {
  readonly keys: KeySource
  readonly issuer: string
  readonly audience: string
  /** The names of the claims with the caller's role and branch. */
  readonly claims: { readonly role: string; readonly branchId: string }
}

interface KeySource {
  readonly find: JWTVerifyGetKey
  readonly algorithms: readonly string[]
}

const clockToleranceS = 5
/** A verified token is not checked again for this time, so a withdrawn key is believed that much longer. */
const cachedMs = 30_000

/** One key, from the settings. */
export const staticKey = (key: KeyObject): KeySource => ({
  find: async () => key,
  algorithms: algorithmsOf(key),
})

/** The keys at a URL. A token with an unknown key has them read again, once in `cooldownDuration` ms at most. */
export function remoteKeys(url: string, cooldownDuration: number): KeySource {
  const keys = createRemoteJWKSet(new URL(url), { cooldownDuration, timeoutDuration: 3000 })
  let askedAt = 0
  // jose tells the age of its keys by the wall clock: when that is set back, they would stay fresh for as much longer.
  // (verify-token.test: "are read again when the clock was set back")
  async function find(...asked: Parameters<JWTVerifyGetKey>) {
    if (Date.now() < askedAt) await keys.reload()
    askedAt = Date.now()
    return keys(...asked)
  }
  return {
    algorithms: ['EdDSA', 'Ed25519', 'ES256', 'RS256', 'PS256'],
    find: (...asked) =>
      find(...asked).catch((error) => {
        throw isFaultOfToken(error) ? error : keysUnavailable(error)
      }),
  }
}

const isFaultOfToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported

/** @returns finds who sent a request with this `Authorization`, or throws ProblemError 401, 403 or 503 */
export function tokenVerifier(rules: TokenRules): (authorization: string | undefined) => Promise<Caller> {
  // By the whole token: no caller is taken for another (sign-in.test: "are told apart, …").
  const verified = openTokenCache()
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
    const cached = verified.get(token)
    if (cached) return cached
    const { payload } = await jwtVerify(token, rules.keys.find, options).catch((error) => {
      throw asProblem(error)
    })
    const caller = callerIn(payload, rules.claims)
    verified.set(token, caller, Math.min((payload.exp ?? 0) * 1000, Date.now() + cachedMs))
    return caller
  }
}

/** RFC 6750 §2.1. */
const bearer = /^Bearer +([\w\-.~+/]+=*) *$/i

function asProblem(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return tokenExpired()
  if (error instanceof errors.JWTClaimValidationFailed)
    return tokenInvalid(`Its claim ${error.claim} is not valid.`)
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

/** Some providers send roles as a list. With two of them it is unclear which one the caller means. */
const onlyOne = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value)
