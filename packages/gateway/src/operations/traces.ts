import { notFound, type Problem, ProblemError } from '@saucery/chassis/http/problem'
import { request } from 'undici'

const timeoutMs = 2000

/**
 * Makes a function that reads a path of the trace store, and gives the answer as the store does, which bounds its size.
 * @param store its URL; undefined without one
 * @throws ProblemError
 */
export const openTraceStore =
  (store: string | undefined) =>
  async (path: `/traces/${string}` | `/orders/${string}`): Promise<string> => {
    if (store === undefined) throw new ProblemError(noTraceStore)
    const limits = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
    const { statusCode, body } = await request(store + path, limits).catch((cause) => {
      throw new ProblemError(storeUnavailable, {}, { cause })
    })
    const text = await body.text()
    if (statusCode === 404) throw notFound()
    if (statusCode !== 200) throw new ProblemError(storeUnavailable)
    return text
  }

const noTraceStore: Problem = {
  status: 404,
  code: 'no-trace-store',
  title: 'This system has no trace store of its own',
  detail: 'TRACE_STORE_URL names none.',
}

const storeUnavailable: Problem = {
  status: 502,
  code: 'trace-store-unavailable',
  title: 'The trace store cannot be read',
}
