import { callerTokenHeader, callerTokenSigner } from '@saucery/chassis/auth/caller-token'
import type { Upstream } from '../proxy/upstreams.ts'
import type { GatewaySettings } from '../settings.ts'

const deadlineMs = 5000

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly callerToken: string | undefined
  /** Ends the call; by default after 5 s. */
  readonly signal?: AbortSignal
}

/**
 * Sends one call of the gateway's own to a service.
 * @throws when the service does not answer, or not with JSON
 */
export async function callService(
  { pool }: Pick<Upstream, 'pool'>,
  { method, path, body, callerToken, signal = AbortSignal.timeout(deadlineMs) }: Call,
): Promise<{ readonly status: number; readonly found: unknown }> {
  const headers = {
    ...(callerToken !== undefined && { [callerTokenHeader]: callerToken }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const answer = await pool.request({
    method,
    path,
    headers,
    signal,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.statusCode, found: await answer.body.json() }
}

/** Caller tokens for what the gateway does in its own name: it lists the drills for everyone, and sends a load. */
export function ownTokens({ AUTH, GATEWAY_SIGNING_KEY: key }: GatewaySettings) {
  if (AUTH === 'off' || key === undefined) return async () => undefined
  const sign = callerTokenSigner(key)
  return (service: string): Promise<string> => sign({ subject: 'gateway', role: 'operator' }, service)
}
