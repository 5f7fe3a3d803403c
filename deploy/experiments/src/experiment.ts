import { chooseCluster } from './cluster/cluster.ts'
import { type Experiment, inFresh } from './cluster/fresh.ts'
import { isKept, table } from './finding.ts'
import { saga } from './load/saga.ts'
import { autoscaling } from './stories/autoscaling.ts'
import { breaker } from './stories/breaker.ts'
import { configChange } from './stories/config-change.ts'
import { deliveryAway } from './stories/delivery-away.ts'
import { disruption } from './stories/disruption.ts'
import { natsServersDeleted } from './stories/nats-servers-deleted.ts'
import { selfHealing } from './stories/self-healing.ts'
import { storesDeleted } from './stories/stores-deleted.ts'
import { zeroDowntime } from './stories/zero-downtime.ts'

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
  ['nats-servers-deleted', natsServersDeleted],
])

const usage = `pnpm experiment <name> …

Each brings everything up anew in a namespace of its own, prints a table, and takes everything away again. Ends with 1
when a promise is broken, with 2 when it cannot begin, and with 130 when it is interrupted.

${[...experiments].map(([name, { says }]) => `  ${name.padEnd(22)}${says}`).join('\n')}

  NAMESPACE=…      the namespace that it makes and deletes; else saucery-experiment
  KEEP=yes         leaves the namespace for a look; the next experiment deletes it
  NEXT_TAG=…       the tag that zero-downtime rolls to; else the same images in new pods
  LOCAL_CONTEXT=…  a context of kubectl that is not known to be on this machine, but is
  KUBECTL=…        the program; else kubectl
`

const { stdout, stderr, argv } = process
const names = argv.slice(2).filter((argument) => argument !== '--')
if (names.length === 0 || names.some((name) => ['--help', '-h'].includes(name))) {
  stdout.write(usage)
  process.exit(0)
}
const unknown = names.find((name) => !experiments.has(name))
if (unknown !== undefined) {
  stderr.write(`There is no experiment ${unknown}.\n\n${usage}`)
  process.exit(2)
}

const saying = (error: unknown) => (error instanceof Error ? error.message : String(error))

await chooseCluster().catch((error) => {
  stderr.write(`${saying(error)}\n`)
  process.exit(2)
})

let isInterrupted = false
const interrupted = new Promise<never>((_, reject) => {
  // All of them: pnpm and tsx pass on what the terminal has sent as well.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (!isInterrupted) stderr.write(`${signal}: taking away what was brought up …\n`)
      isInterrupted = true
      reject(new Error(`interrupted by ${signal}`))
    })
})
interrupted.catch(() => {})

let broken = 0
for (const name of names) {
  const experiment = experiments.get(name)
  if (!experiment || isInterrupted) break
  stderr.write(`${name}: ${experiment.says} …\n`)
  const began = Date.now()
  try {
    const findings = await inFresh(experiment, interrupted)
    stdout.write(`\n## ${name}\n\n${table(findings)}\n\n`)
    if (!isKept(findings)) broken += 1
  } catch (error) {
    stdout.write(`\n## ${name}\n\nended early: ${saying(error)}\n\n`)
    broken += 1
  }
  stderr.write(`${name} took ${Math.round((Date.now() - began) / 1000)} s\n`)
}
process.exit(isInterrupted ? 130 : broken === 0 ? 0 : 1)
