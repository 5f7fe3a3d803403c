import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { type Caller, callerSchema } from '@saucery/contracts/access/scope'
import { errors, jwtVerify, SignJWT } from 'jose'
import { recent } from '../async/lru-cache.ts'

/** The header in which the gateway tells a service who calls. A client's own never gets past it. */
export const callerTokenHeader = 'x-saucery-caller'

const issuer = 'gateway'
const validMs = 60_000
/** Signed anew after this, so that one lasts for half a minute whenever it is sent. */
const reusedMs = 30_000
const clockToleranceS = 5

/** @returns what makes a service's passports; for the same caller and service the same one for half a minute */
export function callerTokenSigner(key: KeyObject): (caller: Caller, service: string) => Promise<string> {
  const issued = new WeakMap<Caller, Map<string, { passport: string; until: number }>>()
  const header = { alg: 'EdDSA', kid: idOf(createPublicKey(key)) }
  return async (caller, service) => {
    const now = Date.now()
    const ofCaller = issued.get(caller) ?? new Map<string, { passport: string; until: number }>()
    const last = ofCaller.get(service)
    if (last && last.until > now) return last.passport
    const { subject, ...claims } = caller
    const passport = await new SignJWT(claims)
      .setProtectedHeader(header)
      .setIssuer(issuer)
      .setAudience(service)
      .setSubject(subject)
      .setExpirationTime(new Date(now + validMs))
      .sign(key)
    ofCaller.set(service, { passport, until: now + reusedMs })
    issued.set(caller, ofCaller)
    return passport
  }
}

/** Who calls, as the gateway with one of the keys says to this service; undefined when it does not say so. */
export function callerTokenReader(
  service: string,
  keys: readonly KeyObject[],
): (passport: string) => Promise<Caller | undefined> {
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const known = recent<Caller>(10_000)
  const options = {
    algorithms: ['EdDSA'],
    issuer,
    audience: service,
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceS,
  }
  const keyNamed = ({ kid }: { kid?: string }) => {
    const key = byId.get(kid ?? '')
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }
  return async (passport) => {
    const remembered = known.get(passport)
    if (remembered) return remembered
    try {
      const { payload } = await jwtVerify(passport, keyNamed, options)
      const { data: caller } = callerSchema.safeParse({ ...payload, subject: payload.sub })
      if (caller) known.set(passport, caller, (payload.exp ?? 0) * 1000)
      return caller
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}

/** Both sides work it out from the key itself. */
const idOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
    .slice(0, 16)
