import type { ScenarioName } from '@saucery/client/scenarios'
import type { OrderRequest } from '@saucery/client/schemas'
import { applyObject, imageOf } from '../cluster/kubectl.ts'
import { type Finding, promised, reported, tally } from '../report/finding.ts'
import { bundleScript } from './bundle.ts'
import { startLoadPod } from './load-pod.ts'

/** Orders to place through the gateway and to follow to their ends. */
export interface TrafficPlan {
  readonly orders: number
  readonly perSecond: number
  /** What differs from the scenarios' orders. */
  readonly order: Partial<OrderRequest>
  /** How the orders go, in turn. Nothing is done with one that is left. */
  readonly fates: readonly (ScenarioName | 'left')[]
  /** Time after the last order within which every order must have ended. */
  readonly patienceS: number
}

export interface TrafficOutcome {
  readonly orders: number
  /** Answered with 201, at the first or a later attempt. */
  readonly accepted: number
  /** Answers to `POST /orders` by HTTP status. */
  readonly answers: Readonly<Record<string, number>>
  /** Ended orders by status. */
  readonly ends: Readonly<Record<string, number>>
  readonly unfinished: readonly string[]
  /** Orders on which the services disagree, or whose end does not fit; each with the reason. */
  readonly wrong: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
}

const usual: TrafficPlan = {
  orders: 300,
  perSecond: 10,
  order: { qty: 1, price: 10_000 },
  fates: ['delivered', 'delivered', 'cancelled at once', 'failed'],
  patienceS: 120,
}

/**
 * Starts to place orders from a pod inside the cluster: a port-forward would break with the pod it leads to.
 * @returns a function that resolves when every order has ended or the time is over
 */
export async function startTraffic(name: string, changes: Partial<TrafficPlan> = {}) {
  const plan = { ...usual, ...changes }
  const files = { name: `traffic-${name}` }
  const data = { 'order-traffic.mjs': await bundleScript('order-traffic.ts') }
  await applyObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: files, data })
  const pod = await startLoadPod(files.name, {
    // It is in the cluster already, and has the right Node.
    image: await imageOf('gateway'),
    command: ['node', '/script/order-traffic.mjs'],
    env: { GATEWAY: 'http://gateway:8080', PLAN: JSON.stringify(plan) },
    volume: { configMap: files },
    mountPath: '/script',
  })
  return async (): Promise<TrafficOutcome> => {
    const { log, succeeded } = await pod.result((plan.orders / plan.perSecond + plan.patienceS + 60) * 1000)
    if (!succeeded) throw new Error(`${files.name} failed: ${log}`)
    return JSON.parse(log.trim().split('\n').at(-1) ?? '')
  }
}

export const runTraffic = async (...traffic: Parameters<typeof startTraffic>): Promise<TrafficOutcome> =>
  (await startTraffic(...traffic))()

/** That no order was lost, and none was handled twice or in part. */
export function nothingLost(outcome: TrafficOutcome): Finding[] {
  const { orders, accepted, answers, ends, unfinished, wrong } = outcome
  return [
    reported('answers to POST /orders', tally(answers, ' × ')),
    promised('orders accepted in the end', `${accepted} of ${orders}`, accepted === orders),
    reported('ended', tally(ends)),
    promised('accepted orders that have not ended', unfinished.length, unfinished.length === 0),
    promised('orders on which the services disagree', wrong[0] ?? 0, wrong.length === 0),
  ]
}
