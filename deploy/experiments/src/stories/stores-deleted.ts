import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { replacePod } from '../cluster/pods.ts'
import { type Finding, told } from '../finding.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'

export const storesDeleted: Experiment = {
  says: 'the pods of NATS, Postgres and MongoDB are deleted, one after another, while orders come in',
  run,
}

async function run(): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const store of ['nats', 'postgres', 'mongodb']) {
    const orders = await startTraffic(`without-${store}`)
    await sleep(8000)
    const deleted = Date.now()
    await replacePod(`${store}-0`)
    const away = Math.round((Date.now() - deleted) / 1000)
    const outcome = await orders.outcome()
    findings.push(
      told(`${store}: away for`, `${away} s`),
      ...nothingLost(outcome).map((finding) => ({ ...finding, what: `${store}: ${finding.what}` })),
    )
  }
  return findings
}
