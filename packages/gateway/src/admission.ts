import type { Log } from '@saucery/chassis/log'
import { passportsSignedWith } from '@saucery/chassis/passport'
import type { GatewaySettings } from './settings.ts'
import { keyGiven, keysAt, tokenReader } from './tokens.ts'
import type { ServiceName } from './upstreams.ts'

/**
 * Finds out who sent a request with this `Authorization`, and says it for one service: the value of its passport header.
 * Undefined where sign-in is off.
 * @throws NotSignedIn
 */
export type Admit = (authorization: string | undefined, service: ServiceName) => Promise<string | undefined>

export function openAdmission(settings: GatewaySettings, log: Log): Admit {
  if (settings.AUTH === 'off') {
    log.warn({}, 'sign-in is off: everybody is an operator')
    return async () => undefined
  }
  const { AUTH_JWKS_URL: url, AUTH_PUBLIC_KEY: key } = settings
  const callerOf = tokenReader({
    keys: url === undefined ? keyGiven(given(key)) : keysAt(url, settings.AUTH_JWKS_COOLDOWN_MS),
    issuer: given(settings.AUTH_ISSUER),
    audience: given(settings.AUTH_AUDIENCE),
    claims: { role: settings.AUTH_ROLE_CLAIM, branchId: settings.AUTH_BRANCH_CLAIM },
  })
  const passportFor = passportsSignedWith(given(settings.GATEWAY_SIGNING_KEY))
  return async (authorization, service) => passportFor(await callerOf(authorization), service)
}

/** The settings have seen to it. */
function given<T>(setting: T | undefined): T {
  if (setting === undefined) throw new Error('a setting that sign-in needs is not set')
  return setting
}
