import { codeOf } from '../proxy/failures.ts'
import type { Upstream } from '../proxy/upstreams.ts'
import { callService } from './call.ts'
import type { Asked } from './service-state.ts'

/** A service that has not answered by then is down, whether it hangs, is overloaded or cannot be reached. */
const deadlineMs = 1500

/** Asks a service once, and ends by the deadline whatever hangs: a connection, an answer or the rest of one. */
export async function askUpstream<T>(
  upstream: Pick<Upstream, 'pool'>,
  path: string,
  callerToken: string | undefined,
): Promise<Asked<T>> {
  const since = performance.now()
  const elapsed = () => performance.now() - since
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const { status, found } = await callService(upstream, { method: 'GET', path, callerToken, signal })
    if (status === 200) return { ms: elapsed(), found: found as T }
    const { code, title } = found as { readonly code?: string; readonly title?: string }
    return { ms: elapsed(), reason: title ?? `Status ${status}`, isBusy: code === 'service-overloaded' }
  } catch (error) {
    const reason = signal.aborted ? `No answer within ${deadlineMs / 1000} s` : reasonOf(error)
    return { ms: elapsed(), reason, isBusy: false }
  }
}

const reasonOf = (error: unknown) =>
  error instanceof SyntaxError ? 'The answer is not JSON' : `Cannot be reached (${codeOf(error)})`
