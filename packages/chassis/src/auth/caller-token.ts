import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { type Caller, callerSchema } from '@saucery/contracts/access/scope'
import { errors, jwtVerify, SignJWT } from 'jose'
import { openTokenCache } from './token-cache.ts'

/** The header in which the gateway sends a service the caller token. The gateway drops a client's own header. */
export const callerTokenHeader = 'x-saucery-caller'

const issuer = 'gateway'
const validMs = 60_000
/** A token is signed anew after this time, so that each one sent is valid for another 30 s at least. */
const reusedMs = 30_000
const clockToleranceS = 5

/** @returns signs a caller for one service; the same caller gets the same token for 30 s */
export function callerTokenSigner(key: KeyObject): (caller: Caller, service: string) => Promise<string> {
  const issued = openTokenCache<string>()
  const header = { alg: 'EdDSA', kid: keyIdOf(createPublicKey(key)) }
  return async (caller, service) => {
    const whom = JSON.stringify([service, caller])
    const cached = issued.get(whom)
    if (cached !== undefined) return cached
    const { subject, ...claims } = caller
    const token = await new SignJWT(claims)
      .setProtectedHeader(header)
      .setIssuer(issuer)
      .setAudience(service)
      .setSubject(subject)
      .setExpirationTime(new Date(Date.now() + validMs))
      .sign(key)
    issued.set(whom, token, Date.now() + reusedMs)
    return token
  }
}

/** @returns reads who calls from a token that one of these keys signed for this service; undefined from any other text */
export function callerTokenReader(service: string, keys: readonly KeyObject[]) {
  const keysById = new Map(keys.map((key) => [keyIdOf(key), key]))
  const verified = openTokenCache()
  const options = {
    algorithms: ['EdDSA'],
    issuer,
    audience: service,
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceS,
  }
  const findKey = ({ kid = '' }: { kid?: string }) =>
    keysById.get(kid) ?? Promise.reject(new errors.JWKSNoMatchingKey())
  return async (token: string): Promise<Caller | undefined> => {
    const cached = verified.get(token)
    if (cached) return cached
    try {
      const { payload } = await jwtVerify(token, findKey, options)
      const { data: caller } = callerSchema.safeParse({ ...payload, subject: payload.sub })
      if (caller) verified.set(token, caller, (payload.exp ?? 0) * 1000)
      return caller
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}

/** A hash of the public key: gateway and services derive the same id without agreeing on one. */
const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
    .slice(0, 16)
