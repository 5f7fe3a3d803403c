import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl, rolledOut } from '../cluster/kubectl.ts'
import { createNatsCertificate } from '../cluster/nats-certificate.ts'
import { allPods, podsOf, restartsOf } from '../cluster/pods.ts'
import { redeliveries } from '../load/consumers.ts'
import { nothingLost, runTraffic, startTraffic } from '../load/traffic.ts'
import { promised, secondsSince } from '../report/finding.ts'

const servers = ['nats-0', 'nats-1', 'nats-2']

export const natsTls: Experiment = {
  summary: 'in the overlay production-tls, NATS has a certificate of another authority for a while',
  overlay: 'production-tls',
  async run() {
    const before = await runTraffic('tls', { orders: 100 })
    const traffic = await startTraffic('tls-wrong', { orders: 400, perSecond: 2, patienceS: 400 })
    await serveCertificate('of another authority')
    const wrongAt = Date.now()
    const reason = await waitFor('a line of the log', reasonInLog)
    const loggedAfter = secondsSince(wrongAt)
    await sleep(20_000)
    await serveCertificate()
    const outcome = await traffic()
    const restarts = (await allPods()).reduce((sum, each) => sum + restartsOf(each), 0)
    return [
      ...nothingLost(before),
      promised('logged of the wrong certificate', `after ${loggedAfter}: ${reason}`, true),
      ...nothingLost(outcome).map((finding) => ({ ...finding, what: `wrong for a while: ${finding.what}` })),
      ...(await redeliveries('reported')),
      promised('restarts of containers', restarts, restarts === 0),
    ]
  },
}

/** Changes the certificate of all servers, which then are new pods. */
async function serveCertificate(...which: Parameters<typeof createNatsCertificate>): Promise<void> {
  await createNatsCertificate(...which)
  await kubectl(['delete', ...servers.map((name) => `pod/${name}`)])
  await rolledOut('statefulset/nats')
}

async function reasonInLog(): Promise<string | undefined> {
  const [pod] = await podsOf('order')
  const log = await kubectl(['logs', `pod/${pod?.metadata.name}`, '--tail=50'])
  return log
    .split('\n')
    .filter((line) => line.includes('broker cannot be reached'))
    .map((line) => String(JSON.parse(line).reason))
    .find((reason) => /certificate|issuer/i.test(reason))
}
