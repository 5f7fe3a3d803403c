import { reasonOf } from '@saucery/messaging/log'
import type { Context, ErrorHandler, Hono, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Log } from '../telemetry/log.ts'

/** One bad field: where it is (RFC 6901 pointer into the body, or the parameter's or header's name), what is wrong. */
export interface InvalidField {
  readonly pointer?: string
  readonly parameter?: string
  readonly header?: string
  readonly detail: string
}

/** RFC 9457 problem details. */
export interface Problem {
  readonly status: ContentfulStatusCode
  /** Stable and kebab-case; the last part of `type`. */
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly InvalidField[]
}

/** An error that is the answer to a request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  constructor(problem: Problem, headers: ProblemError['headers'] = {}, options?: ErrorOptions) {
    super(problem.title, options)
    this.problem = problem
    this.headers = headers
  }
}

export const problemJson = ({ status, code, ...rest }: Problem): string =>
  JSON.stringify({ type: `urn:problem:${code}`, status, code, ...rest })

export function answerProblem(c: Context, problem: Problem, headers: Record<string, string> = {}): Response {
  return c.body(problemJson(problem), problem.status, {
    'content-type': 'application/problem+json',
    ...headers,
  })
}

export const malformedRequest: Problem = {
  status: 400,
  code: 'malformed-request',
  title: 'This is no HTTP request that can be understood',
}

export const internalError: Problem = {
  status: 500,
  code: 'internal-error',
  title: 'Something went wrong here; it was logged',
}

export const notFound = () =>
  new ProblemError({ status: 404, code: 'not-found', title: 'There is no such thing' })

/** @throws ProblemError 404 when there is no such thing */
export function orNotFound<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound()
  return thing
}

/**
 * The problem that invalid input is: each bad field once, with what is wrong with it first.
 * @param where `body`, `query` or `header`
 */
export function invalidInput(error: z.core.$ZodError, where: string): ProblemError {
  const details = new Map<string, string>()
  for (const issue of error.issues)
    for (const { path, detail } of badFieldsIn(issue)) {
      const place = where === 'body' ? pointerTo(path) : path.join('.')
      if (!details.has(place)) details.set(place, detail)
    }
  const kind = where === 'body' ? 'pointer' : where === 'header' ? 'header' : 'parameter'
  const errors = [...details].map(([place, detail]) => ({ [kind]: place, detail }) as InvalidField)
  return new ProblemError(invalidFields(errors))
}

/** The same, for what no schema can say. */
export const invalidFields = (errors: readonly InvalidField[]): Problem => ({
  status: 422,
  code: 'invalid-input',
  title: 'The input is not valid',
  errors,
})

// Unknown fields come as one issue with the object that they are in.
const badFieldsIn = (issue: z.core.$ZodIssue) =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'is not known' }))
    : [{ path: issue.path, detail: issue.message }]

const pointerTo = (path: PropertyKey[]) => path.map((part) => `/${escapePointer(String(part))}`).join('')

const escapePointer = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1')

export const storeUnavailable: Problem = {
  status: 503,
  code: 'store-unavailable',
  title: 'The database cannot be reached; try again',
}

/** Answers every error as problem+json; `translate` knows the service's own errors. */
export function problemHandlers(
  log: Log,
  translate: (error: Error) => Problem | undefined = () => undefined,
  app?: Hono,
): { onError: ErrorHandler; notFound: NotFoundHandler } {
  return {
    onError(error, c) {
      const requestId = c.req.header('x-request-id')
      const request = { method: c.req.method, path: c.req.path, requestId }
      // Whoever knew the answer knows why, and has said it if need be.
      if (error instanceof ProblemError) return answerProblem(c, error.problem, error.headers)
      const problem = translate(error) ?? general(error)
      // While a store is away every request says so: a line each is enough.
      if (problem.status === 503) log.warn({ reason: reasonOf(error), ...request }, 'request turned away')
      else if (problem.status >= 500) log.error({ error, ...request }, 'request failed')
      return answerProblem(c, problem, problem.status === 503 ? { 'retry-after': '1' } : {})
    },
    notFound(c) {
      const allowed = app ? methodsFor(app, c.req.path) : []
      const title = `No ${c.req.method} ${c.req.path} here`
      return allowed.length > 0
        ? answerProblem(c, { status: 405, code: 'method-not-allowed', title }, { allow: allowed.join(', ') })
        : answerProblem(c, { status: 404, code: 'no-such-route', title })
    },
  }
}

/** The methods that some route of the app has at this path. */
const methodsFor = (app: Hono, path: string): string[] =>
  [...new Set(app.routes.map(({ method }) => method))].filter(
    (method) =>
      method !== 'ALL' && app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )

function general(error: Error): Problem {
  if (error instanceof HTTPException) {
    if (error.status === 415)
      return { status: 415, code: 'unsupported-media-type', title: 'The body has to be application/json' }
    // (app.test: "that is no JSON is a problem of its own")
    const code = error.message.startsWith('Malformed JSON') ? 'invalid-json' : 'bad-request'
    return { status: error.status, code, title: error.message || 'The request is not valid' }
  }
  return internalError
}
