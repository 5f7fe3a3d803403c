// The HTTP client of the traffic in a pod. It repeats a failed request with the same Idempotency-Key, as a real client
// should.
import { randomUUID } from 'node:crypto'
import { poll } from '@saucery/bench/load/poll'
import type { TrafficPlan } from './traffic.ts'

const { GATEWAY = '', TOKEN, PLAN = '' } = process.env

export const plan: TrafficPlan = JSON.parse(PLAN)
const deadline = Date.now() + (plan.orders / plan.perSecond + plan.patienceS) * 1000

/** Answers to `POST /orders` by HTTP status. */
export const answers: Record<string, number> = {}

/** Of the final answer to each `POST /orders`, in ms. */
export const latencies: number[] = []

async function send(
  method: string,
  path: string,
  body?: object,
  key?: string,
): Promise<Response | { readonly status: string }> {
  const headers = {
    'content-type': 'application/json',
    ...(TOKEN ? { authorization: `Bearer ${TOKEN}` } : {}),
    ...(key ? { 'idempotency-key': `"${key}"` } : {}),
  }
  const init = { method, headers, signal: AbortSignal.timeout(15_000) }
  try {
    return await fetch(GATEWAY + path, body ? { ...init, body: JSON.stringify(body) } : init)
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } }
    return { status: `no answer (${cause?.code ?? name})` }
  }
}

const isTransient = (status: number) => status >= 500 || status === 429

/**
 * Posts until an answer is final; undefined after the deadline.
 * @param alsoTransient statuses that may still change, besides 429 and 5xx
 */
export function postUntilFinal(path: string, body?: object, alsoTransient: number[] = []) {
  const key = randomUUID()
  const post = async () => {
    const sentAt = performance.now()
    // Such an answer would be replayed for its key, so each attempt has a new key.
    const answer = await send('POST', path, body, alsoTransient.length === 0 ? key : randomUUID())
    if (path === '/orders') answers[answer.status] = (answers[answer.status] ?? 0) + 1
    if (!(answer instanceof Response) || isTransient(answer.status) || alsoTransient.includes(answer.status))
      return undefined
    if (path === '/orders') latencies.push(performance.now() - sentAt)
    return answer
  }
  return pollUntilDeadline(post, 250)
}

export async function read<T>(path: string): Promise<T | undefined> {
  const answer = await send('GET', path)
  return answer instanceof Response && answer.ok ? ((await answer.json()) as T) : undefined
}

/** Checks until there is a result; undefined after the deadline. */
export const pollUntilDeadline = <T>(check: () => Promise<T | undefined>, everyMs = 500) =>
  poll(check, { everyMs, withinMs: deadline - Date.now() })
