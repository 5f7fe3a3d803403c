import { z } from 'zod'
import { ed25519PublicKeys } from './keys.ts'

/** `off` must be said: then everybody may do everything. */
export const auth = z.enum(['on', 'off']).default('on')

/** For a cluster on one's own machine alone, where no address of the machine itself leads to a container. */
export const authOffBeyondLoopback = z.literal('yes-anyone-may-do-everything').optional()

/** What a service needs to know who calls. */
export const callerSettings = {
  AUTH: auth,
  AUTH_OFF_BEYOND_LOOPBACK: authOffBeyondLoopback,
  GATEWAY_PUBLIC_KEY: ed25519PublicKeys.optional(),
}

type Settings = { readonly AUTH?: string; readonly [name: string]: unknown }

/**
 * Demands a setting unless sign-in is off. Looked at whatever else is wrong, so that all is said at once.
 * @param names one of these
 */
export function neededForSignIn<S extends Settings>(...names: (keyof S & string)[]) {
  const [path = ''] = names
  const message = names.length === 1 ? 'is not set' : `is not set, nor is ${names.slice(1).join(', ')}`
  return z.refine<S>(
    (settings) => settings.AUTH === 'off' || names.some((name) => settings[name] !== undefined),
    {
      path: [path],
      message,
      when: ({ issues }) => !issues.some((issue) => names.includes(String(issue.path?.[0]))),
    },
  )
}

const loopback = /^(127(\.\d{1,3}){3}|::1|localhost)$/

/** Nobody but this machine reaches what everybody may do everything with, unless that is said in so many words. */
export const offOnLoopbackOnly = z.refine<Settings>(
  ({ AUTH, HOST, AUTH_OFF_BEYOND_LOOPBACK }) =>
    AUTH !== 'off' || loopback.test(String(HOST)) || AUTH_OFF_BEYOND_LOOPBACK !== undefined,
  { path: ['AUTH'], message: 'may be off only where HOST is a loopback address', when: () => true },
)
