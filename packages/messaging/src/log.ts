/** The part of a logger that this package uses, such as pino. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, text: string) => void>

/** An error in one line of at most a thousand characters. */
export const oneLine = (error: unknown): string => String(error).replace(/\s+/g, ' ').slice(0, 1000)

/** The innermost cause of an error, in one line. drizzle's own errors contain the statement with all its data. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : oneLine(error)
