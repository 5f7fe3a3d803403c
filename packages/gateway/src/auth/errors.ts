import { ProblemError } from '@saucery/chassis/http/problem'
import { roles } from '@saucery/contracts/access/scope'

/** For `WWW-Authenticate` (RFC 6750 §3). */
const challenge = (error?: string) => ({ 'www-authenticate': error ? `Bearer error="${error}"` : 'Bearer' })

export const notSignedIn = () =>
  new ProblemError(
    {
      status: 401,
      code: 'not-signed-in',
      title: 'Sign in first',
      detail: 'Send Authorization: Bearer <token>.',
    },
    challenge(),
  )

export const tokenExpired = () =>
  new ProblemError(
    { status: 401, code: 'token-expired', title: 'The token has expired; sign in again' },
    challenge('invalid_token'),
  )

export const tokenInvalid = (detail?: string) =>
  new ProblemError(
    { status: 401, code: 'token-invalid', title: 'The token is not valid', detail },
    challenge('invalid_token'),
  )

/** 403, for signing in again would not help: the identity provider must give the token other claims. */
export function roleMissing(roleClaim: string, branchClaim: string): ProblemError {
  const detail = `Its claim ${roleClaim} must be one of ${roles.join(', ')}. For a branch, ${branchClaim} must be its id.`
  return new ProblemError(
    { status: 403, code: 'role-missing', title: 'The token has no known role', detail },
    challenge('insufficient_scope'),
  )
}

/** Whether the token is valid cannot be known. */
export const keysUnavailable = (cause: unknown) =>
  new ProblemError(
    { status: 503, code: 'sign-in-unavailable', title: 'Tokens cannot be checked at the moment; try again' },
    {},
    { cause },
  )
