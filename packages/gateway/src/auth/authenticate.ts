import { callerTokenSigner } from '@saucery/chassis/auth/caller-token'
import type { Log } from '@saucery/chassis/telemetry/log'
import type { Caller } from '@saucery/contracts/access/scope'
import type { ServiceName } from '../proxy/upstreams.ts'
import type { GatewaySettings } from '../settings.ts'
import { remoteKeys, staticKey, tokenVerifier } from './tokens.ts'

export interface Authenticator {
  /**
   * Finds out who sent a request with this `Authorization`; undefined where sign-in is off.
   * @throws NotSignedIn
   */
  callerOf(authorization: string | undefined): Promise<Caller | undefined>
  /**
   * Finds that out, and says it for one service: the value of its passport header.
   * @throws NotSignedIn
   */
  callerTokenFor(authorization: string | undefined, service: ServiceName): Promise<string | undefined>
}

export function openAuthenticator(settings: GatewaySettings, log: Log): Authenticator {
  if (settings.AUTH === 'off') {
    log.warn({}, 'sign-in is off: everybody is an operator')
    return { callerOf: async () => undefined, callerTokenFor: async () => undefined }
  }
  const { AUTH_JWKS_URL: url, AUTH_PUBLIC_KEY: key } = settings
  const callerOf = tokenVerifier({
    keys: url === undefined ? staticKey(given(key)) : remoteKeys(url, settings.AUTH_JWKS_COOLDOWN_MS),
    issuer: given(settings.AUTH_ISSUER),
    audience: given(settings.AUTH_AUDIENCE),
    claims: { role: settings.AUTH_ROLE_CLAIM, branchId: settings.AUTH_BRANCH_CLAIM },
  })
  const passportFor = callerTokenSigner(given(settings.GATEWAY_SIGNING_KEY))
  return {
    callerOf,
    callerTokenFor: async (authorization, service) => passportFor(await callerOf(authorization), service),
  }
}

/** The settings have seen to it. */
function given<T>(setting: T | undefined): T {
  if (setting === undefined) throw new Error('a setting that sign-in needs is not set')
  return setting
}
