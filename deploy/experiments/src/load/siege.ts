import { benchOrder } from '@saucery/bench/load/load'
import { startLoadPod } from './load-pod.ts'

/** Starts Debian's siege in a pod: each client places orders through the gateway, one after another. */
export async function startSiege(name: string, clients: number, seconds: number) {
  // The shell inserts the token, so that it is not in the pod's description.
  const command = [
    // By default siege ends after 1024 failures.
    "printf 'failures = 1000000\\njson_output = true\\n' > /tmp/siegerc;",
    // Where NetworkPolicies are enforced, a new pod may connect a few seconds after its start.
    "timeout 60 bash -c 'until : < /dev/tcp/gateway/8080; do sleep 0.2; done' 2> /tmp/refused;",
    `siege --rc=/tmp/siegerc --quiet --benchmark --concurrent=${clients} --time=${seconds}S`,
    // Given as a header it would be a second Content-Type, and the order would be sent as a form.
    '--content-type=application/json',
    `$\{TOKEN:+--header="Authorization: Bearer $TOKEN"}`,
    `'http://gateway:8080/orders POST ${JSON.stringify(benchOrder)}' 2>&1`,
  ].join(' ')
  const pod = await startLoadPod(`siege-${name}`, {
    image: 'saucery/siege:0.1.0',
    command: ['sh', '-c', command],
    env: { HOME: '/tmp' },
    volume: { emptyDir: {} },
    mountPath: '/tmp',
  })
  return {
    isOver: pod.isOver,
    result: async () => readSiegeReport((await pod.result((seconds + 120) * 1000)).log),
  }
}

/**
 * Reads the report of siege 4, as lines or as JSON.
 * @throws when it is not a report
 */
export function readSiegeReport(output: string) {
  const figure = (name: string) => {
    const found = new RegExp(`(?:^|[\\s"])${name.replace(' ', '[ _]')}"?:\\s*([\\d.]+)`, 'im').exec(output)
    if (!found) throw new Error(`siege did not report ${name}: ${output.slice(-500)}`)
    return Number(found[1])
  }
  const hits = figure('successful transactions')
  return {
    hits,
    // Answered with 4xx, which siege counts neither as success nor as failure.
    refused: Math.max(0, figure('transactions') - hits),
    // Answered with 5xx, or not at all.
    failed: figure('failed transactions'),
    // Per cent of the requests that did not fail.
    availability: figure('availability'),
    perSecond: figure('transaction rate'),
    longestS: figure('longest transaction'),
  }
}
