/** One bad field, as the service names it. */
export interface FieldError {
  readonly pointer?: string
  readonly parameter?: string
  readonly header?: string
  readonly detail: string
}

/** RFC 9457 problem details. */
interface Problem {
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly FieldError[]
}

/** An answer that is a problem; its `code` is stable. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]
  /** What the logs call the request. */
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
  constructor({ status, headers }: Response, { code, title, detail, errors = [] }: Problem) {
    super(detail ? `${title}. ${detail}` : title)
    this.status = status
    this.code = code
    this.errors = errors
    this.requestId = headers.get('x-request-id') ?? undefined
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined
  }
}

/** No answer came. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

interface Ask {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Longer than the gateway waits for a service: a connection that says nothing until then is a lost one. */
const longestMs = 30_000

export interface ApiOptions {
  /** Where the calls are. */
  readonly base: string
  token(): string | undefined
  /** Told of each 401. */
  onSignInNeeded(problem: Refused): void
  /** How long an answer may take, that of `ask` apart. */
  readonly timeoutMs?: number
}

export interface Api {
  /** The answer itself, whose status is good. @throws Refused, Unreachable */
  ask(path: string, request?: Ask): Promise<Response>
  get<T>(path: string, signal?: AbortSignal, headers?: Ask['headers']): Promise<T>
  /** Sends it once, or again with the same key where it may not have arrived: it is done once. */
  post<T>(path: string, body?: unknown, headers?: Ask['headers']): Promise<{ body: T; eventId?: string }>
}

export function openApi({ base, token, onSignInNeeded, timeoutMs = longestMs }: ApiOptions): Api {
  async function ask(path: string, { method = 'GET', headers, body, signal }: Ask = {}): Promise<Response> {
    const bearer = token()
    const response = await fetch(new URL(path, base), {
      method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    }).catch((cause) => {
      if (signal?.aborted && signal.reason?.name !== 'TimeoutError') throw cause
      throw new Unreachable('The system cannot be reached', { cause })
    })
    if (response.ok) return response
    const refused = new Refused(response, await problemIn(response))
    if (refused.status === 401 && bearer === token()) onSignInNeeded(refused)
    throw refused
  }

  return {
    ask,
    get: async (path, signal, headers = {}) =>
      (await ask(path, { signal: inTime(timeoutMs, signal), headers })).json(),
    async post(path, body, headers = {}) {
      const key = { 'idempotency-key': `"${crypto.randomUUID()}"` }
      const once = () =>
        ask(path, { method: 'POST', body, headers: { ...key, ...headers }, signal: inTime(timeoutMs) })
      const response = await once().catch((error) => {
        if (mayNotHaveArrived(error)) return once()
        throw error
      })
      const eventId = response.headers.get('event-id')
      return { body: await response.json(), ...(eventId === null ? {} : { eventId }) }
    },
  }
}

const inTime = (ms: number, signal?: AbortSignal): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])])

const mayNotHaveArrived = (error: unknown) =>
  error instanceof Unreachable ||
  (error instanceof Refused && ['upstream-unavailable', 'upstream-timeout'].includes(error.code))

async function problemIn(response: Response): Promise<Problem> {
  const title = `${response.status} ${response.statusText}`.trim()
  const problem: Partial<Problem> = await response.json().catch(() => ({}))
  return { ...problem, code: problem.code ?? 'unknown', title: problem.title ?? title }
}
