import createClient from 'openapi-fetch'
import type { Data, Init, Method, Path } from './calls.ts'
import { CallRefused, Unreachable } from './errors.ts'
import { pause } from './pause.ts'
import { type RetryPolicy, whileBusy } from './retry.ts'

/** The part of a `Response` that the client reads. */
export interface Answer extends Pick<Response, 'status' | 'statusText' | 'ok' | 'body' | 'text' | 'json'> {
  readonly headers: Pick<Headers, 'get'>
}

/** Like the global `fetch`; the body is a text or missing. */
export type Fetch = (url: string, init: RequestInit) => Promise<Answer>

export interface ClientOptions {
  /** Paths are relative to it, as links are; a page passes its `document.baseURI`. */
  readonly url: string
  /** The bearer token; a function where it changes, called for each call. */
  readonly token?: string | undefined | (() => string | undefined | Promise<string | undefined>)
  readonly fetch?: Fetch
  /**
   * The limit for a whole answer, 30 s by default; `Infinity` for no limit. The gateway gives a service less time, so
   * that the gateway's own answer comes first.
   */
  readonly timeoutMs?: number
  /**
   * Which calls are sent again. Default: both as `whileBusy`. A POST with a policy has an `Idempotency-Key`, so it takes
   * effect once; without, it is sent once, without a key. `{}`: every call is sent once.
   */
  readonly retry?: { readonly get?: RetryPolicy; readonly post?: RetryPolicy }
  /** Called for each 401, unless the token has changed since the call was sent. */
  onUnauthorized?(refused: CallRefused): void
}

/** Rejects with `Refused` or `Unreachable`, or with the reason of its `signal` when that is aborted. */
export interface Client {
  get<P extends Path<'get'>>(path: P, ...init: Init<P, 'get'>): Promise<Data<P, 'get'>>
  post<P extends Path<'post'>>(path: P, ...init: Init<P, 'post'>): Promise<Posted<Data<P, 'post'>>>
  /** The body as it arrives; only the `signal` ends it. */
  stream<P extends Path<'get'>>(path: P, ...init: Init<P, 'get'>): Promise<NonNullable<Response['body']>>
}

export interface Posted<T> {
  readonly status: number
  readonly data: T
  /** The event that the call published, which a read of the dashboard can wait for. */
  readonly eventId: string | undefined
}

/** The options of any call, after their types were checked. */
interface Checked {
  readonly header?: object | undefined
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

export function openClient(options: ClientOptions): Client {
  const { fetch = globalThis.fetch as Fetch, timeoutMs = 30_000, onUnauthorized } = options
  const { retry = { get: whileBusy(), post: whileBusy() } } = options
  const { request } = createClient({
    baseUrl: new URL('.', options.url).href,
    Request: PlainRequest as unknown as typeof Request,
    fetch: (request) => fetch(request.url, (request as unknown as PlainRequest).init) as Promise<Response>,
  })
  const token = async () => (typeof options.token === 'function' ? options.token() : options.token)

  async function send(method: Method, path: string, init: Checked = {}, parseAs: 'json' | 'stream' = 'json') {
    const { signal, body, ...params } = init
    const bearer = await token()
    const sent = {
      params,
      body,
      headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      signal: within(parseAs === 'json' ? timeoutMs : Number.POSITIVE_INFINITY, signal),
      parseAs,
    }
    const { data, error, response } = await request(method, path as never, sent as never).catch((cause) => {
      signal?.throwIfAborted()
      throw new Unreachable(cause)
    })
    if (response.ok && data == null) throw new Unreachable(new SyntaxError('The answer is empty'))
    if (response.ok) return { data: data as never, response }
    const refused = new CallRefused(response, error)
    if (refused.status === 401 && bearer === (await token())) onUnauthorized?.(refused)
    throw refused
  }

  return {
    get: async (path, init?) => (await withRetry(retry.get, init, (once) => send('get', path, once))).data,
    async post(path, init?) {
      const { data, response } = await withRetry(retry.post, withKey(init, retry.post), (once) =>
        send('post', path, once),
      )
      const { status, headers } = response
      return { status, data, eventId: headers.get('event-id') ?? undefined }
    },
    stream: async (path, init?) => (await send('get', path, init, 'stream')).data,
  }
}

/** With a key a call that is sent again takes effect once. */
const withKey = (init: Checked = {}, retry: RetryPolicy | undefined): Checked =>
  retry ? { ...init, header: { 'idempotency-key': `"${randomKey()}"`, ...init.header } } : init

/** Sends a call as often as the policy says. */
async function withRetry<T>(
  retry: RetryPolicy | undefined,
  init: Checked = {},
  send: (init: Checked) => Promise<T>,
): Promise<T> {
  if (!retry) return send(init)
  const began = performance.now()
  for (let attempt = 1; ; attempt++)
    try {
      return await send(init)
    } catch (error) {
      const pauseMs = init.signal?.aborted ? undefined : retry(error, attempt, performance.now() - began)
      if (pauseMs === undefined) throw error
      await pause(pauseMs, init.signal)
      init.signal?.throwIfAborted()
    }
}

/** 128 random bits. Over plain HTTP beyond localhost browsers have no `crypto.randomUUID`. (page-anywhere.sys.test) */
const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** In place of a `Request`: in Node, making one and reading its body costs more CPU than sending it. */
class PlainRequest {
  readonly url: string
  readonly init: RequestInit
  constructor(url: string, init: RequestInit) {
    this.url = url
    this.init = init
  }
}

function within(ms: number, signal: AbortSignal | undefined): AbortSignal | undefined {
  if (ms === Number.POSITIVE_INFINITY) return signal
  const limit = AbortSignal.timeout(ms)
  return signal ? AbortSignal.any([limit, signal]) : limit
}
