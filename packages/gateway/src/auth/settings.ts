import { authSettings, neededForSignIn, offOnLoopbackOnly } from '@saucery/chassis/settings/auth-settings'
import { ed25519PrivateKey, publicKey } from '@saucery/chassis/settings/keys'
import { ms } from '@saucery/chassis/settings/settings'
import { z } from 'zod'

const claim = z.string().min(1)

export const signInSettings = {
  ...authSettings,
  /** The identity provider's keys: at a URL, or … */
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** … one key in the settings. */
  AUTH_PUBLIC_KEY: publicKey.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_ROLE_CLAIM: claim.default('role'),
  AUTH_BRANCH_CLAIM: claim.default('branch_id'),
  /** A token with an unknown key has the keys read again, but not more often than this. */
  AUTH_JWKS_COOLDOWN_MS: ms.default(30_000),
  /** Signs the caller tokens. */
  GATEWAY_SIGNING_KEY: ed25519PrivateKey.optional(),
}

export type SignInSettings = z.infer<z.ZodObject<typeof signInSettings>>

/** What sign-in needs unless it is off. */
export const signInChecks = [
  neededForSignIn('AUTH_JWKS_URL', 'AUTH_PUBLIC_KEY'),
  neededForSignIn('AUTH_ISSUER'),
  neededForSignIn('AUTH_AUDIENCE'),
  neededForSignIn('GATEWAY_SIGNING_KEY'),
  offOnLoopbackOnly,
  z.refine<Partial<Record<'AUTH_JWKS_URL' | 'AUTH_PUBLIC_KEY', unknown>>>(
    ({ AUTH_JWKS_URL: url, AUTH_PUBLIC_KEY: key }) => url === undefined || key === undefined,
    { path: ['AUTH_PUBLIC_KEY'], message: 'is set as well as AUTH_JWKS_URL: set only one', when: () => true },
  ),
] as const
