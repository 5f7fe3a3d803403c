import { CallRefused, Unreachable } from '@saucery/client/errors'

/** Scripts decide by them; `ops --help` lists them. */
export const exitCodes = {
  'all is well': 0,
  'something is wrong, or work failed': 1,
  'the command line is wrong': 2,
  'the system cannot be reached': 3,
  'the system refused the call': 4,
} as const

/** A mistake in the command line that only the command can know. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something is wrong, and was printed. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes['the command line is wrong']
  if (error instanceof Unreachable) return exitCodes['the system cannot be reached']
  if (error instanceof CallRefused) return exitCodes['the system refused the call']
  return exitCodes['something is wrong, or work failed']
}

/** What went wrong in one line, and what to do about it. */
export function textOf(error: unknown, url: string): string {
  if (error instanceof Unreachable)
    return `The system at ${url} cannot be reached (${error.reason}). Start it with \`npx pnpm@12 start\`, or give its --url.`
  if (!(error instanceof CallRefused)) return error instanceof Error ? error.message : String(error)
  const fields = error.errors.map(({ pointer, parameter, detail }) => `${pointer ?? parameter}: ${detail}`)
  return [`${error.message} (${error.code})`, ...fields, ...hintFor(error)].join('\n  ')
}

function hintFor({ status, requestId }: CallRefused): string[] {
  if (status === 401)
    return [
      'Sign in: put a token into SAUCERY_TOKEN, for example of `npx pnpm@12 -s sign-in --role operator`',
    ]
  if (status === 403) return ['Only an operator may do this']
  return status >= 500 ? [`The logs have more, with the request id ${requestId}`] : []
}
