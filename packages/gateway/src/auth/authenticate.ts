import type { IncomingHttpHeaders } from 'node:http'
import { callerTokenSigner } from '@saucery/chassis/auth/caller-token'
import { ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Caller } from '@saucery/contracts/access/scope'
import type { SignInSettings } from './settings.ts'
import { remoteKeys, staticKey, tokenVerifier } from './verify-token.ts'

export interface Authenticator {
  /**
   * Who sent a request with these headers; undefined where sign-in is off.
   * @throws ProblemError 401, 403 or 503, which it logs
   */
  callerOf(headers: IncomingHttpHeaders): Promise<Caller | undefined>
  /** The caller token that tells one service so; without one where sign-in is off. */
  callerTokenFor(caller: Caller | undefined, service: string): Promise<string | undefined>
}

export function openAuthenticator(settings: SignInSettings, log: Log): Authenticator {
  if (settings.AUTH === 'off') {
    log.warn({}, 'sign-in is off: every caller is an operator')
    return { callerOf: async () => undefined, callerTokenFor: async () => undefined }
  }
  const { AUTH_JWKS_URL: url, AUTH_PUBLIC_KEY: key } = settings
  const verify = tokenVerifier({
    keys: url === undefined ? staticKey(required(key)) : remoteKeys(url, settings.AUTH_JWKS_COOLDOWN_MS),
    issuer: required(settings.AUTH_ISSUER),
    audience: required(settings.AUTH_AUDIENCE),
    claims: { role: settings.AUTH_ROLE_CLAIM, branchId: settings.AUTH_BRANCH_CLAIM },
  })
  const sign = callerTokenSigner(required(settings.GATEWAY_SIGNING_KEY))
  const callerOf = (headers: IncomingHttpHeaders) =>
    verify(headers.authorization).catch((error) => {
      const requestId = headers['x-request-id']
      if (error instanceof ProblemError)
        log.info({ reason: error.problem.code, error: error.cause, requestId }, 'not signed in')
      throw error
    })
  return { callerOf, callerTokenFor: async (caller, service) => caller && sign(caller, service) }
}

/** `signInChecks` refuse settings without it. */
function required<T>(setting: T | undefined): T {
  if (setting === undefined) throw new Error('a setting that sign-in needs is not set')
  return setting
}
