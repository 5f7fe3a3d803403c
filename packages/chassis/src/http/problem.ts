import { reasonOf } from '@saucery/messaging/log'
import type { Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Log } from '../telemetry/log.ts'

/** One invalid field of a request, and what is wrong with it. */
export interface InvalidField {
  /** Into the body (RFC 6901). */
  readonly pointer?: string
  readonly parameter?: string
  readonly header?: string
  readonly detail: string
}

/** RFC 9457 problem details. */
export interface Problem {
  readonly status: ContentfulStatusCode
  /** Stable and kebab-case; the fragment of `type`. */
  readonly code: string
  readonly title: string
  readonly detail?: string | undefined
  readonly errors?: readonly InvalidField[] | undefined
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

/** Its type is where the gateway describes it. (decision 32) */
export const problemJson = ({ status, code, ...rest }: Problem): string =>
  JSON.stringify({ type: `/problems#${code}`, status, code, ...rest })

export const problemHeaders = { 'content-type': 'application/problem+json' }

/** The same request may succeed later. */
const transient: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** A transient problem has `Retry-After: 1`, unless `headers` has another one. */
export function answerProblem(c: Context, problem: Problem, headers: ProblemError['headers'] = {}): Response {
  const retryAfter = transient.has(problem.status) ? { 'retry-after': '1' } : {}
  return c.body(problemJson(problem), problem.status, { ...problemHeaders, ...retryAfter, ...headers })
}

const malformed = 'Malformed HTTP request'

export const malformedRequest: Problem = { status: 400, code: 'malformed-request', title: malformed }

export const methodNotAllowed = {
  status: 405,
  code: 'method-not-allowed',
  title: 'Method not allowed',
} as const satisfies Problem

export const internalError: Problem = { status: 500, code: 'internal-error', title: 'Internal error' }

export const storeUnavailable: Problem = {
  status: 503,
  code: 'store-unavailable',
  title: 'The database cannot be reached; try again',
}

export const resourceBusy: Problem = {
  status: 503,
  code: 'resource-busy',
  title: 'Another transaction has locked this resource; try again',
}

export const notFound = () => new ProblemError({ status: 404, code: 'not-found', title: 'Not found' })

/** @throws ProblemError 404 for `undefined` */
export function orNotFound<T>(found: T | undefined): T {
  if (found === undefined) throw notFound()
  return found
}

export const unsupportedMediaType: Problem = {
  status: 415,
  code: 'unsupported-media-type',
  title: 'The body must be application/json, in UTF-8',
}

export const invalidFields = (errors: readonly InvalidField[]): Problem => ({
  status: 422,
  code: 'invalid-input',
  title: 'The input is not valid',
  errors,
})

/** Turns a service's own errors into problems. */
export type Translate = (error: Error) => Problem | undefined

/** Makes the app answer every error as problem+json. */
export function handleProblems(app: Hono, log: Log, translate: Translate = () => undefined): void {
  app.onError((error, c) => {
    // Thrown on purpose: logged by the code that throws it, where that is needed.
    if (error instanceof ProblemError) return answerProblem(c, error.problem, error.headers)
    const request = { method: c.req.method, path: c.req.path, requestId: c.req.header('x-request-id') }
    const problem = translate(error) ?? problemOfFramework(error) ?? internalError
    // While a store is down every request fails: one line each, without a stack.
    if (problem.status === 503) log.warn({ reason: reasonOf(error), ...request }, 'request answered with 503')
    else if (problem.status >= 500) log.error({ error, ...request }, 'request failed')
    return answerProblem(c, problem)
  })
  app.notFound((c) => {
    const { method, path } = c.req
    const allowed = methodsAt(app, path)
    const detail = `There is no ${method} ${path}.`
    if (allowed.length === 0)
      return answerProblem(c, { status: 404, code: 'no-such-route', title: 'No such route', detail })
    // Hono answers a HEAD by the route of GET.
    const allow = [...allowed.flatMap((it) => (it === 'GET' ? ['GET', 'HEAD'] : it)), 'OPTIONS'].join(', ')
    if (method === 'OPTIONS') return c.body(null, 204, { allow })
    return answerProblem(c, { ...methodNotAllowed, detail }, { allow })
  })
}

const methodsAt = (app: Hono, path: string): string[] =>
  [...new Set(app.routes.map(({ method }) => method))].filter(
    (method) =>
      method !== 'ALL' && app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )

function problemOfFramework(error: Error): Problem | undefined {
  if (!(error instanceof HTTPException)) return undefined
  if (error.status === 415) return unsupportedMediaType
  // (app.test: "is a problem of its own when it is not JSON")
  const code = error.message.startsWith('Malformed JSON') ? 'invalid-json' : 'bad-request'
  return { status: error.status, code, title: error.message || 'The request is not valid' }
}
