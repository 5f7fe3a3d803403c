import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { apply, get, imageOf, kubectl } from '../cluster/kubectl.ts'
import { type Finding, promised, tally, told } from '../finding.ts'
import { until } from '../until.ts'
import { loadLabels, loadPod } from './load-pod.ts'

/** Orders to place through the gateway, each seen through to its end. */
export interface Plan {
  readonly orders: number
  readonly perSecond: number
  /** Of one, in won. */
  readonly price: number
  /** What becomes of the orders, in turn. */
  readonly fates: readonly ('complete' | 'fail' | 'cancel' | 'leave')[]
  /** How long after the last order everything must have ended. */
  readonly patienceS: number
}

export interface Outcome {
  readonly orders: number
  /** Answered with 201, at once or in the end. */
  readonly accepted: number
  /** How often `POST /orders` was answered with what. */
  readonly answers: Readonly<Record<string, number>>
  /** How many ended how. */
  readonly ends: Readonly<Record<string, number>>
  readonly unfinished: readonly string[]
  /** Where the services do not tell the same fair story. */
  readonly wrong: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
}

const usual: Plan = {
  orders: 300,
  perSecond: 10,
  price: 10_000,
  fates: ['complete', 'complete', 'cancel', 'fail'],
  patienceS: 120,
}

export interface Traffic {
  /** Resolves when every order has ended or time is up. */
  outcome(): Promise<Outcome>
}

/** Starts to place orders, from a pod inside the cluster: no port-forward breaks when a pod goes. */
export async function startTraffic(name: string, changes: Partial<Plan> = {}): Promise<Traffic> {
  const plan = { ...usual, ...changes }
  const job = `traffic-${name}`
  await apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: job },
    data: { 'order-traffic.mjs': await script() },
  })
  await apply(await jobOf(job, plan))
  await until(`pod of ${job}`, async () => {
    const { status } = await get<{ status: { active?: number; failed?: number } }>(`job/${job}`)
    return (status.active ?? 0) > 0
  })
  return {
    async outcome() {
      await until(
        `end of ${job}`,
        async () => {
          const { status } = await get<{ status: { succeeded?: number; failed?: number } }>(`job/${job}`)
          if (status.failed) throw new Error(`${job} failed: ${await kubectl(['logs', `job/${job}`])}`)
          return (status.succeeded ?? 0) > 0
        },
        (plan.orders / plan.perSecond + plan.patienceS + 60) * 1000,
      )
      const lines = (await kubectl(['logs', `job/${job}`])).trim().split('\n')
      return JSON.parse(lines.at(-1) ?? '') as Outcome
    },
  }
}

export const traffic = async (name: string, changes?: Partial<Plan>): Promise<Outcome> =>
  (await startTraffic(name, changes)).outcome()

/** That nothing was lost, and nothing done twice or halfway. */
export const nothingLost = ({ orders, accepted, answers, ends, unfinished, wrong }: Outcome): Finding[] => [
  told('answers to POST /orders', tally(answers, ' × ')),
  promised('orders accepted in the end', `${accepted} of ${orders}`, accepted === orders),
  told('ended', tally(ends)),
  promised('accepted orders without an end', unfinished.length, unfinished.length === 0),
  promised('orders of which the services tell different stories', wrong[0] ?? 0, wrong.length === 0),
]

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('order-traffic.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
  return outputFiles[0]?.text ?? ''
}

/** The gateway's image is there already, and has the right Node. */
async function jobOf(name: string, plan: Plan): Promise<object> {
  const labels = loadLabels('traffic')
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels },
        spec: loadPod({
          name: 'traffic',
          image: await imageOf('gateway'),
          command: ['node', '/script/order-traffic.mjs'],
          env: [
            { name: 'GATEWAY', value: 'http://gateway:8080' },
            { name: 'PLAN', value: JSON.stringify(plan) },
          ],
          volume: { source: { configMap: { name } }, path: '/script', readOnly: true },
        }),
      },
    },
  }
}
