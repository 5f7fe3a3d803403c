/** Of the errors of an AggregateError, such as one for each address of a host. */
const maxErrors = 5
const maxCauses = 5

interface ErrorFields {
  readonly type: string
  readonly message: string
  readonly code?: string | number
  readonly stack?: string
  readonly cause?: ErrorFields | string
  readonly errors?: readonly (ErrorFields | string)[]
}

/**
 * An error as logs have it: with its causes, and without what libraries add, because that may be data. drizzle's errors
 * have the statement's parameters in message and stack, Postgres' the row that was refused.
 * (error-fields.int.test: "has no parameter of the statement, and no row")
 */
export function errorFields(error: unknown, depth = 0): ErrorFields | string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : `no error but ${typeof error}`
  const { code, cause, errors } = error as Error & { code?: unknown; errors?: unknown }
  const message = messageWithoutData(error)
  const type = error.name === 'Error' ? error.constructor.name : error.name
  const frames = error.stack?.indexOf('\n    at ') ?? -1
  return {
    type,
    message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(frames >= 0 && { stack: `${type}: ${message}${error.stack?.slice(frames)}` }),
    ...(cause !== undefined && depth < maxCauses && { cause: errorFields(cause, depth + 1) }),
    ...(Array.isArray(errors) && {
      errors: errors.slice(0, maxErrors).map((it) => errorFields(it, maxCauses)),
    }),
  }
}

function messageWithoutData(error: Error): string {
  if ('query' in error && 'params' in error) return 'a statement failed'
  const { code } = error as Error & { code?: unknown }
  // Data exceptions of Postgres quote the value: https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (/^22[0-9A-Z]{3}$/.test(String(code))) return error.message.replace(/".*"/s, '"…"')
  return error.message
}
