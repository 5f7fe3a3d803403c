import { CallRefused, Unreachable } from '@saucery/client/errors'
import { t } from '../texts/texts.ts'

/** What went wrong, in the page's language where it knows the error's code, otherwise as the service tells it. */
export function problemText(error: Pick<Error, 'message'>): string {
  if (error instanceof Unreachable)
    return error.cause instanceof SyntaxError ? t.common.unreadable : t.common.unreachable
  const known = error instanceof CallRefused && Object.hasOwn(t.problems, error.code)
  return (known && t.problems[error.code]) || error.message
}
