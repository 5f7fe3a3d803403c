import { autoscaling } from './autoscaling.ts'
import { breaker } from './breaker.ts'
import { configChange } from './config-change.ts'
import { deliveryAway } from './delivery-away.ts'
import { disruption } from './disruption.ts'
import { type Finding, isKept, table } from './finding.ts'
import { natsServersDeleted } from './nats-servers-deleted.ts'
import { saga } from './saga.ts'
import { selfHealing } from './self-healing.ts'
import { storesDeleted } from './stores-deleted.ts'
import { zeroDowntime } from './zero-downtime.ts'

const experiments: Readonly<Record<string, readonly [says: string, run: () => Promise<Finding[]>]>> = {
  saga: ['the calls through the gateway, and orders on every path', saga],
  'delivery-away': ['delivery scaled to nothing and back', deliveryAway],
  'config-change': ["payment's limit changed in its ConfigMap", configChange],
  autoscaling: ['payment grows under load, and shrinks after it', autoscaling],
  'self-healing': ['a delivery that is unhealthy is restarted', selfHealing],
  'zero-downtime': ['every service rolled to a new image under load', zeroDowntime],
  disruption: ['pods evicted as by a drain, within the budget', disruption],
  'stores-deleted': ['the pods of NATS, Postgres and MongoDB deleted under load', storesDeleted],
  breaker: ['a slow payment opens the circuit breaker', breaker],
  'nats-servers-deleted': ['production: one NATS server after the other deleted', natsServersDeleted],
}

const usage = `pnpm experiment <name> ...

Experiments with the services that run in the current context's cluster; each prints a table, and the command ends
with 1 when a promise is broken. KUBECTL names the program, NAMESPACE the namespace (saucery), OVERLAY what is
deployed there (local), NEXT_TAG the tag that zero-downtime rolls to (unset: the same images in new pods).

${Object.entries(experiments)
  .map(([name, [says]]) => `  ${name.padEnd(22)}${says}`)
  .join('\n')}
`

const { stdout, stderr, argv } = process
const names = argv.slice(2).filter((argument) => argument !== '--')
const unknown = names.find((name) => !(name in experiments))
if (names.length === 0 || unknown !== undefined) {
  const isHelp = names.length === 0 || unknown === '--help' || unknown === '-h'
  if (!isHelp) stderr.write(`There is no experiment ${unknown}.\n\n`)
  ;(isHelp ? stdout : stderr).write(usage)
  process.exit(isHelp ? 0 : 2)
}

let broken = 0
for (const name of names) {
  const [says, run] = experiments[name] as NonNullable<(typeof experiments)[string]>
  stderr.write(`${name}: ${says} …\n`)
  const began = Date.now()
  try {
    const findings = await run()
    stdout.write(`\n## ${name}\n\n${table(findings)}\n\n`)
    if (!isKept(findings)) broken += 1
  } catch (error) {
    stdout.write(`\n## ${name}\n\nended early: ${error instanceof Error ? error.message : error}\n\n`)
    broken += 1
  }
  stderr.write(`${name} took ${Math.round((Date.now() - began) / 1000)} s\n`)
}
process.exit(broken === 0 ? 0 : 1)
