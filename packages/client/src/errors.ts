import type { FieldError, Problem } from './schemas.ts'

/** The service answered with a problem. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused'
  readonly status: number
  /** Stable, unlike the message; `unknown` when the answer is not a problem document. */
  readonly code: string
  readonly title: string
  readonly detail: string | undefined
  readonly errors: readonly FieldError[]
  /** The request's id in the logs. */
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  constructor(
    { status, statusText, headers }: Pick<Response, 'status' | 'statusText' | 'headers'>,
    body: unknown,
  ) {
    const problem: Partial<Problem> = typeof body === 'object' && body !== null ? body : {}
    const { code = 'unknown', title = `${status} ${statusText}`.trim(), detail, errors = [] } = problem
    super(detail ? `${title}. ${detail}` : title)
    this.status = status
    this.code = code
    this.title = title
    this.detail = detail
    this.errors = errors
    this.requestId = headers.get('x-request-id') ?? undefined
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  }
}

/** There is no readable answer: nothing listens, the connection broke, time ran out, or the answer is not JSON. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
  /** The system's code, such as `ECONNREFUSED`, or the name of what was thrown, such as `TimeoutError`. */
  readonly reason: string
  constructor(cause: unknown) {
    super(cause instanceof SyntaxError ? 'The answer cannot be read' : 'The system cannot be reached', {
      cause,
    })
    this.reason = reasonOf(cause)
  }
}

/** `fetch` throws a TypeError whose cause has the code; the error of `node:http` has it itself. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, cause } = error as NodeJS.ErrnoException
  if (typeof code === 'string') return code
  return cause instanceof Error ? reasonOf(cause) : error.name
}

/** The answer of the call; undefined when it is 404. */
export const ifFound = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (error instanceof CallRefused && error.status === 404) return undefined
    throw error
  })
