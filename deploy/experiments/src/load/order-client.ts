// How the traffic in a pod talks to the gateway: what is answered with a failure is asked again with the same
// Idempotency-Key, as a client in earnest does.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan } from './traffic.ts'

const { GATEWAY = '', TOKEN, PLAN = '' } = process.env

export const plan: Plan = JSON.parse(PLAN)
const givenUpAt = Date.now() + (plan.orders / plan.perSecond + plan.patienceS) * 1000

/** How often `POST /orders` was answered with what. */
export const answers: Record<string, number> = {}

/** How many ms each order waited for the answer that counts. */
export const latencies: number[] = []

async function ask(
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

const mayPass = (status: number) => status >= 500 || status === 429

/** Asks until there is an answer that will not change; undefined when time is up. */
export async function insist(
  path: string,
  body?: object,
  alsoPassing: number[] = [],
): Promise<Response | undefined> {
  const key = randomUUID()
  for (let attempt = 0; Date.now() < givenUpAt; attempt++, await sleep(250)) {
    const sent = performance.now()
    // What passes all the same is remembered under its key: a new one then.
    const mayRepeat = attempt === 0 || alsoPassing.length === 0
    const answer = await ask('POST', path, body, mayRepeat ? key : randomUUID())
    if (path === '/orders') answers[answer.status] = (answers[answer.status] ?? 0) + 1
    if (answer instanceof Response && !mayPass(answer.status) && !alsoPassing.includes(answer.status)) {
      if (path === '/orders') latencies.push(performance.now() - sent)
      return answer
    }
  }
  return undefined
}

export async function read<T>(path: string): Promise<T | undefined> {
  const answer = await ask('GET', path)
  return answer instanceof Response && answer.ok ? ((await answer.json()) as T) : undefined
}

/** Looks until there is something; undefined when time is up. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (; Date.now() < givenUpAt; await sleep(500)) {
    const found = await look()
    if (found !== undefined) return found
  }
  return undefined
}
