import { z } from 'zod'

/** Values separated by commas. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

export const authSettings = {
  /** With `off` every caller may do everything. */
  AUTH: z.enum(['on', 'off']).default('on'),
  /** Only for a cluster on one's own machine: a container is not reached through a loopback address. */
  AUTH_OFF_BEYOND_LOOPBACK: z.literal('yes-anyone-may-do-everything').optional(),
  /** Names, beside localhost, by which a server without sign-in may be called: those of its Service, for example. */
  ALLOWED_HOSTS: list.default([]),
}

type Settings = { readonly AUTH?: string; readonly [name: string]: unknown }

/**
 * Requires a setting unless sign-in is off. Checked whatever else is wrong, so that all errors are shown at once.
 * @param names one of these is enough
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

/** With sign-in off, only this machine may reach the service, unless `AUTH_OFF_BEYOND_LOOPBACK` permits more. */
export const offOnLoopbackOnly = z.refine<Settings>(
  ({ AUTH, HOST, AUTH_OFF_BEYOND_LOOPBACK }) =>
    AUTH !== 'off' || loopback.test(String(HOST)) || AUTH_OFF_BEYOND_LOOPBACK !== undefined,
  { path: ['AUTH'], message: 'may be off only where HOST is a loopback address', when: () => true },
)
