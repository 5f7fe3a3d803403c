import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '@saucery/local/system/system'

export interface Plan {
  /** Clients that must have their payments, each with one order at a time. */
  readonly clients: number
  /** How long the others have the system for themselves. */
  readonly aloneMs: number
  readonly togetherMs: number
}

export interface Answer {
  readonly kind: 'strict' | 'async'
  /** The order's status, or the problem's code. */
  readonly what: string
  readonly http: number
  /** When it came, of the performance clock. */
  readonly at: number
  readonly ms: number
}

export interface Observed {
  readonly answers: readonly Answer[]
  /** The breaker's states, each with when it was first seen. */
  readonly states: readonly { readonly state: string; readonly at: number }[]
  readonly began: number
  readonly togetherFrom: number
  readonly ended: number
}

/** Before a client who was refused tries again. */
const PAUSE_MS = 1000
const ASYNC_EVERY_MS = 50
const LOOK_EVERY_MS = 20
const WARM_UP = 1500

/** Places orders of both kinds, and watches the breaker. */
export async function experiment(
  { gateway, order }: System['urls'],
  plan: Plan,
  say: (text: string) => void,
): Promise<Observed> {
  const answers: Answer[] = []
  const states: { state: string; at: number }[] = []
  // It must let go of an idle connection before the gateway does.
  const agent = new Agent({ keepAlive: true, timeout: 3000 })

  async function place(kind: Answer['kind']): Promise<number> {
    const sent = performance.now()
    const { http, text } = await post(`${gateway}/orders`, kind === 'async' ? 'respond-async' : '', agent)
    const at = performance.now()
    const { status, code } = JSON.parse(text)
    answers.push({ kind, what: code ?? status, http, at, ms: at - sent })
    return http
  }

  const until = { strict: 0, async: 0 }
  async function strictClient(): Promise<void> {
    while (performance.now() < until.strict)
      // Not all in step.
      if ((await place('strict')) === 503) await sleep(PAUSE_MS * (0.5 + Math.random()))
  }
  async function asyncClients(): Promise<void> {
    const placing: Promise<number>[] = []
    for (; performance.now() < until.async; await sleep(ASYNC_EVERY_MS)) {
      const one = place('async')
      // Thrown below: before that nobody waits for it, and it would end the process when the system is stopped.
      one.catch(() => {})
      placing.push(one)
    }
    await Promise.all(placing)
  }
  async function look(): Promise<void> {
    for (; performance.now() < until.strict; await sleep(LOOK_EVERY_MS)) {
      const { details } = (await (await fetch(`${order}/readyz`)).json()) as {
        details: { paymentBreaker: string }
      }
      if (states.at(-1)?.state !== details.paymentBreaker)
        states.push({ state: details.paymentBreaker, at: performance.now() })
    }
  }

  say(`Warming up with ${WARM_UP} orders that wait for nothing`)
  await inParts(WARM_UP, 20, () => place('async'))
  answers.length = 0

  say(`Orders that wait for nothing, alone for ${plan.aloneMs / 1000} s`)
  const began = performance.now()
  until.async = began + plan.aloneMs + plan.togetherMs
  const asyncOnes = asyncClients()
  await Promise.race([asyncOnes, sleep(plan.aloneMs)])

  say(`${plan.clients} strict clients beside them for ${plan.togetherMs / 1000} s`)
  const togetherFrom = performance.now()
  until.strict = togetherFrom + plan.togetherMs
  await Promise.all([look(), ...Array.from({ length: plan.clients }, strictClient), asyncOnes])
  agent.destroy()
  return { answers, states, began, togetherFrom, ended: performance.now() }
}

async function inParts(count: number, atOnce: number, run: () => Promise<unknown>): Promise<void> {
  for (let left = count; left > 0; left -= atOnce) await Promise.all(Array.from({ length: atOnce }, run))
}

const order = JSON.stringify({ branchId: '1', sauceId: '1', qty: 10, price: 10_000 })

function post(url: string, prefer: string, agent: Agent): Promise<{ http: number; text: string }> {
  const headers = {
    'content-type': 'application/json',
    'content-length': order.length,
    ...(prefer ? { prefer } : {}),
  }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ http: answer.statusCode ?? 0, text }))
      answer.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(order)
  })
}
