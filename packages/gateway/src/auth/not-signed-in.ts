import { answerProblem, ProblemError } from '@saucery/chassis/http/problem'
import type { Log } from '@saucery/chassis/telemetry/log'
import { roles } from '@saucery/contracts/access/scope'
import type { Context } from 'hono'
import type { Correlation } from './identity.ts'

/** Nobody that the gateway can vouch for. `challenge` is for WWW-Authenticate (RFC 6750 §3). */
export class AuthenticationError extends ProblemError {}

/** Says so to the client, and why to the log. */
export function answerAuthenticationError(
  c: Context,
  { problem, headers, cause }: AuthenticationError,
  { requestId }: Correlation,
  log: Log,
): Response {
  log.info({ reason: problem.code, error: cause, requestId }, 'not signed in')
  return answerProblem(c, problem, headers)
}

const challenge = (error?: string) => ({ 'www-authenticate': error ? `Bearer error="${error}"` : 'Bearer' })

export const notSignedIn = () =>
  new AuthenticationError(
    {
      status: 401,
      code: 'not-signed-in',
      title: 'Sign in first',
      detail: 'Send a token: Authorization: Bearer …',
    },
    challenge(),
  )

export const tokenExpired = () =>
  new AuthenticationError(
    { status: 401, code: 'token-expired', title: 'The token has expired; sign in again' },
    challenge('invalid_token'),
  )

export const tokenInvalid = (detail?: string) =>
  new AuthenticationError(
    { status: 401, code: 'token-invalid', title: 'The token is not valid here', ...(detail && { detail }) },
    challenge('invalid_token'),
  )

/** Signing in again would not help: whoever gives out the tokens has to. */
export const roleMissing = (roleClaim: string, branchClaim: string) =>
  new AuthenticationError(
    {
      status: 403,
      code: 'role-missing',
      title: 'The token says no role that is known here',
      detail: `Its claim ${roleClaim} must be one of ${roles.join(', ')}; of a branch, ${branchClaim} must say which.`,
    },
    challenge('insufficient_scope'),
  )

/** Nothing is known about the token. */
export const keysUnavailable = (cause: unknown) =>
  new AuthenticationError(
    { status: 503, code: 'sign-in-unavailable', title: 'Nobody can be signed in at the moment; try again' },
    { 'retry-after': '1' },
    { cause },
  )
