import { argumentsOrExit } from '@saucery/bench/run/run-bench'
import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { chooseCluster } from './cluster/cluster.ts'
import { type Experiment, runInFreshSystem } from './cluster/fresh.ts'
import { autoscaling } from './experiments/autoscaling.ts'
import { breaker } from './experiments/breaker.ts'
import { configChange } from './experiments/config-change.ts'
import { course } from './experiments/course.ts'
import { deliveryAway } from './experiments/delivery-away.ts'
import { disruption } from './experiments/disruption.ts'
import { natsDiskFull } from './experiments/nats-disk-full.ts'
import { natsServersDeleted } from './experiments/nats-servers-deleted.ts'
import { natsTls } from './experiments/nats-tls.ts'
import { networkPolicies, networkPoliciesOfProduction } from './experiments/network-policies.ts'
import { podsKilled } from './experiments/pods-killed.ts'
import { rogueNats } from './experiments/rogue-nats.ts'
import { rollingRestart } from './experiments/rolling-restart.ts'
import { saga } from './experiments/saga.ts'
import { selfHealing } from './experiments/self-healing.ts'
import { storesDeleted } from './experiments/stores-deleted.ts'
import { zeroDowntime } from './experiments/zero-downtime.ts'
import { findingsTable, isKept, secondsSince } from './report/finding.ts'

const experiments: ReadonlyMap<string, Experiment> = new Map([
  ['saga', saga],
  ['delivery-away', deliveryAway],
  ['config-change', configChange],
  ['self-healing', selfHealing],
  ['disruption', disruption],
  ['stores-deleted', storesDeleted],
  ['zero-downtime', zeroDowntime],
  ['autoscaling', autoscaling],
  ['breaker', breaker],
  ['course', course],
  ['nats-servers-deleted', natsServersDeleted],
  ['rolling-restart', rollingRestart],
  ['pods-killed', podsKilled],
  ['nats-disk-full', natsDiskFull],
  ['nats-tls', natsTls],
  ['rogue-nats', rogueNats],
  ['network-policies', networkPolicies],
  ['network-policies-production', networkPoliciesOfProduction],
])

const usage = `pnpm experiment <name> …

Each starts the whole system in a namespace of its own, prints a table of findings, and deletes the namespace. Exits with
1 when a promise is broken, with 2 when it cannot begin, and with 130 when it is interrupted.

${[...experiments].map(([name, { summary }]) => `  ${name.padEnd(30)}${summary}`).join('\n')}

  NAMESPACE=…      the namespace that it creates and deletes; default: saucery-experiment
  KEEP=yes         leaves the namespace for inspection; the next experiment deletes it
  NEXT_TAG=…       the tag that zero-downtime rolls to; default: the same images in new pods
  NATS_IMAGE=…     the image of nats-disk-full; default: the overlay's
  LOCAL_CONTEXT=…  one more kubectl context that is a cluster on this machine
  KUBECTL=…        the program; default: kubectl
`

const { stdout, stderr } = process
const names = argumentsOrExit(usage, (args) => {
  const unknown = args.find((name) => !experiments.has(name))
  if (unknown !== undefined) throw new Error(`unknown experiment: ${unknown}`)
  return args
})
if (names.length === 0) stdout.write(usage)
else process.exit(await runAll())

/** @returns the exit code */
async function runAll(): Promise<number> {
  const interrupted = abortOnInterrupt((text) => stderr.write(`${text}\n`))
  try {
    await chooseCluster()
  } catch (error) {
    stderr.write(`${messageOf(error)}\n`)
    return 2
  }
  let broken = 0
  for (const name of names) {
    const experiment = experiments.get(name)
    if (!experiment || interrupted.aborted) break
    stderr.write(`${name}: ${experiment.summary} …\n`)
    const startedAt = Date.now()
    stdout.write(`\n## ${name}\n\n`)
    try {
      const findings = await runInFreshSystem(experiment, interrupted)
      stdout.write(`${findingsTable(findings)}\n`)
      if (!isKept(findings)) broken += 1
    } catch (error) {
      stdout.write(`ended early: ${messageOf(error)}\n\n`)
      broken += 1
    }
    stderr.write(`${name} took ${secondsSince(startedAt)}\n`)
  }
  return interrupted.aborted ? 130 : broken === 0 ? 0 : 1
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
