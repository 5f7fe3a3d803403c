/** The part of a logger that this package uses; pino has it. */
export interface Log {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

/** An error in one line; nobody reads more than this of it. */
export const oneLine = (error: unknown): string => String(error).replace(/\s+/g, ' ').slice(0, 1000)

/** What an error comes from, in one line: around it, a database's statement is repeated with all its data. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? reasonOf(error.cause) : oneLine(error)
