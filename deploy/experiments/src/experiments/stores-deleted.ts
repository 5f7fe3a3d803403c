import { setTimeout as sleep } from 'node:timers/promises'
import type { Experiment } from '../cluster/fresh.ts'
import { replacePod } from '../cluster/pods.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { type Finding, reported, secondsSince } from '../report/finding.ts'

export const storesDeleted: Experiment = {
  summary: 'the pods of NATS, Postgres and MongoDB are deleted, one after another, while orders arrive',
  async run() {
    const findings: Finding[] = []
    for (const store of ['nats', 'postgres', 'mongodb']) {
      const traffic = await startTraffic(`without-${store}`)
      await sleep(8000)
      const deletedAt = Date.now()
      await replacePod(`${store}-0`)
      const away = secondsSince(deletedAt)
      const outcome = await traffic()
      findings.push(
        reported(`${store}: away for`, away),
        ...nothingLost(outcome).map((finding) => ({ ...finding, what: `${store}: ${finding.what}` })),
      )
    }
    return findings
  },
}
