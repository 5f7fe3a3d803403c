import { apply, get, kubectl } from '../cluster/kubectl.ts'
import { type Pod, refuseMissingImages } from '../cluster/pods.ts'
import { until } from '../until.ts'
import { loadLabels, loadPod } from './load-pod.ts'

export interface Siege {
  /** Answered with success. */
  readonly hits: number
  /** Answered with 4xx: to siege these count neither as successes nor as failures. */
  readonly refused: number
  /** Answered with 5xx, or not at all. */
  readonly failed: number
  /** Per cent of the requests that did not fail. */
  readonly availability: number
  readonly perSecond: number
  readonly longestS: number
}

export interface Besieging {
  readonly name: string
  /** How many clients at once. */
  readonly clients: number
  readonly seconds: number
  /** Each waits up to so long between two orders; else not at all. */
  readonly pauseS?: number
}

const order = '{"branchId":"1","sauceId":"1","qty":10,"price":10000}'

/** Starts Debian's siege in a pod: so many clients place orders through the gateway, one after another each. */
export async function startSiege({ name, clients, seconds, pauseS }: Besieging) {
  const pod = `siege-${name}`
  // The token is put in by the shell: not in the pod's description.
  const command = [
    // By itself it ends after 1024 failures.
    "printf 'failures = 1000000\\njson_output = true\\n' > /tmp/siegerc;",
    `siege --rc=/tmp/siegerc --quiet --concurrent=${clients} --time=${seconds}S`,
    pauseS === undefined ? '--benchmark' : `--delay=${pauseS}`,
    // As a header it would be a second one, and the order a form.
    '--content-type=application/json',
    `$\{TOKEN:+--header="Authorization: Bearer $TOKEN"}`,
    `'http://gateway:8080/orders POST ${order}' 2>&1`,
  ].join(' ')
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, labels: loadLabels('siege') },
    spec: loadPod({
      name: 'siege',
      image: 'saucery/siege:0.1.0',
      command: ['sh', '-c', command],
      env: [{ name: 'HOME', value: '/tmp' }],
      volume: { source: { emptyDir: {} }, path: '/tmp' },
    }),
  })
  const phase = async () => {
    const now = await get<Pod>(`pod/${pod}`)
    refuseMissingImages([now])
    return now.status.phase
  }
  await until(`start of ${pod}`, async () => (await phase()) !== 'Pending')
  const isOver = async () => ['Succeeded', 'Failed'].includes(await phase())
  return {
    isOver,
    async result(): Promise<Siege> {
      await until(`end of ${pod}`, isOver, (seconds + 120) * 1000)
      return siegeIn(await kubectl(['logs', pod]))
    },
  }
}

/**
 * Reads what siege 4 writes at its end, as lines or as JSON.
 * @throws when it is no report
 */
export function siegeIn(said: string): Siege {
  const figure = (...names: string[]) => {
    for (const name of names) {
      const found = new RegExp(`(?:^|[\\s"])${name}"?:\\s*([\\d.]+)`, 'im').exec(said)
      if (found) return Number(found[1])
    }
    throw new Error(`siege did not report ${names[0]}: ${said.slice(-500)}`)
  }
  const hits = figure('successful transactions', 'successful_transactions')
  const failed = figure('failed transactions', 'failed_transactions')
  return {
    hits,
    refused: Math.max(0, figure('transactions') - hits),
    failed,
    availability: figure('availability'),
    perSecond: figure('transaction rate', 'transaction_rate'),
    longestS: figure('longest transaction', 'longest_transaction'),
  }
}
