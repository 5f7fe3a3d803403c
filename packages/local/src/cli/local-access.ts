import { signToken } from '../access/sign-in.ts'
import type { RunningFile } from '../system/running-file.ts'

/** How callers sign in to the system that `start` runs with this environment. */
export function signInOf(env: NodeJS.ProcessEnv): RunningFile['signIn'] {
  if (env.AUTH !== 'on') return 'off'
  return env.AUTH_JWKS_URL || env.AUTH_PUBLIC_KEY ? 'issuer' : 'local'
}

/** The page's address with localhost, where that leads to the page, or as it is. */
export async function pageAddress(url: string): Promise<string> {
  const local = url.replace('127.0.0.1', 'localhost')
  const answers = fetch(local, { method: 'HEAD', signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok)
  return (await answers.catch(() => false)) ? local : url
}

const roles = { operator: {}, courier: {}, 'branch 1': { role: 'branch', branch: '1' } }

/** A link for each role, by which the page signs in. A browser sends nothing after the `#`, so no log has the token. */
export async function signInLinks(dataDir: string, page: string): Promise<Record<string, string>> {
  const links = Object.entries(roles).map(async ([name, claims]) => {
    const token = await signToken(dataDir, { role: name, ...claims })
    return [name, `${page}/#/sign-in?token=${token}`] as const
  })
  return Object.fromEntries(await Promise.all(links))
}
