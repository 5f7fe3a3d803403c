import {
  auth,
  authOffBeyondLoopback,
  neededForSignIn,
  offOnLoopbackOnly,
} from '@saucery/chassis/settings/auth-settings'
import { ed25519PrivateKey, publicKey } from '@saucery/chassis/settings/keys'
import { ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

const claim = z.string().min(1)

export const signInSettings = {
  AUTH: auth,
  AUTH_OFF_BEYOND_LOOPBACK: authOffBeyondLoopback,
  /** Where the keys of those who give out tokens are, or … */
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** … their one key. */
  AUTH_PUBLIC_KEY: publicKey.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_ROLE_CLAIM: claim.default('role'),
  AUTH_BRANCH_CLAIM: claim.default('branch_id'),
  /** Least time between two readings of the keys for tokens that name one which is not among them. */
  AUTH_JWKS_COOLDOWN_MS: ms.default(30_000),
  /** Signs what the services are told of the caller. */
  GATEWAY_SIGNING_KEY: ed25519PrivateKey.optional(),
}

/** All that sign-in needs where it is not off. */
export const signInChecks = [
  neededForSignIn('AUTH_JWKS_URL', 'AUTH_PUBLIC_KEY'),
  neededForSignIn('AUTH_ISSUER'),
  neededForSignIn('AUTH_AUDIENCE'),
  neededForSignIn('GATEWAY_SIGNING_KEY'),
  offOnLoopbackOnly,
  z.refine<Partial<Record<'AUTH_JWKS_URL' | 'AUTH_PUBLIC_KEY', unknown>>>(
    ({ AUTH_JWKS_URL: url, AUTH_PUBLIC_KEY: key }) => url === undefined || key === undefined,
    {
      path: ['AUTH_PUBLIC_KEY'],
      message: 'is set beside AUTH_JWKS_URL: only one can be meant',
      when: () => true,
    },
  ),
] as const
