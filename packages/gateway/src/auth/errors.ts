import { type Problem, ProblemError } from '@saucery/chassis/http/problem'
import { roles } from '@saucery/contracts/access/scope'

/** @param error for `WWW-Authenticate` (RFC 6750 §3) */
const refusal = (problem: Problem, error?: string) =>
  new ProblemError(problem, { 'www-authenticate': error ? `Bearer error="${error}"` : 'Bearer' })

const howTo = 'Send Authorization: Bearer <token>.'

export const notSignedIn = () =>
  refusal({ status: 401, code: 'not-signed-in', title: 'Sign in first', detail: howTo })

const expired = 'The token has expired; sign in again'

export const tokenExpired = () =>
  refusal({ status: 401, code: 'token-expired', title: expired }, 'invalid_token')

export const tokenInvalid = (detail?: string) =>
  refusal({ status: 401, code: 'token-invalid', title: 'The token is not valid', detail }, 'invalid_token')

/** 403, for signing in again would not help: the identity provider must give the token other claims. */
export function roleMissing(roleClaim: string, branchClaim: string): ProblemError {
  const title = 'The token has no known role'
  const detail = `Its claim ${roleClaim} must be one of ${roles.join(', ')}. For a branch, ${branchClaim} must be its id.`
  return refusal({ status: 403, code: 'role-missing', title, detail }, 'insufficient_scope')
}

/** Whether the token is valid cannot be known. */
export const keysUnavailable = (cause: unknown) =>
  new ProblemError(
    { status: 503, code: 'sign-in-unavailable', title: 'Tokens cannot be checked at the moment; try again' },
    {},
    { cause },
  )
