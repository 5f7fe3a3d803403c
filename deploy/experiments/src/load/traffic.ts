import { applyObject, imageOf } from '../cluster/kubectl.ts'
import { type Finding, promised, reported, tally } from '../report/finding.ts'
import { bundleScript } from './bundle.ts'
import { startLoadPod } from './load-pod.ts'
import type { TrafficOutcome, TrafficPlan } from './order-traffic.ts'

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

/** That every request was answered at the first attempt. */
export function noneFailed({ answers: { 201: _, ...others }, failures }: TrafficOutcome): Finding {
  const figure = tally({ ...others, ...failures }, ' × ') || 0
  return promised('failed requests', figure, figure === 0)
}

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
