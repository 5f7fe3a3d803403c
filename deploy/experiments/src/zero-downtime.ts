import { type Finding, promised, told } from './finding.ts'
import { allEnded, countOf } from './gateway.ts'
import { kubectl, rolledOut } from './kubectl.ts'
import { applyOverlay } from './overlay.ts'
import { type Siege, startSiege } from './siege.ts'

const services = ['payment', 'delivery', 'dashboard', 'order', 'gateway']
const { NEXT_TAG } = process.env

/** Every service is rolled to a new image while 30 clients place orders for two minutes; then the same without readiness. */
export async function zeroDowntime(): Promise<Finding[]> {
  const withReadiness = await rollUnderSiege('with-readiness', async () => {})
  try {
    const without = await rollUnderSiege('without-readiness', async (service) => {
      await kubectl(['patch', `deployment/${service}`, '--type=json', '--patch', JSON.stringify(careless)])
    })
    return [
      told('rolled to', NEXT_TAG ? `images tagged ${NEXT_TAG}` : 'the same images, in new pods'),
      ...withReadiness.map((finding) => ({ ...finding, what: `with readiness: ${finding.what}` })),
      // Nothing is promised there: it shows what readiness and the pause before the end are for.
      ...without.map(({ what, figure }) => told(`without: ${what}`, figure)),
    ]
  } finally {
    await applyOverlay()
    for (const service of services) await rolledOut(`deployment/${service}`)
  }
}

// Pods count as ready when they have begun, and end without a pause.
const container = '/spec/template/spec/containers/0'
const careless = ['readinessProbe', 'startupProbe', 'lifecycle'].map((part) => ({
  op: 'remove',
  path: `${container}/${part}`,
}))

async function rollUnderSiege(name: string, change: (service: string) => Promise<void>): Promise<Finding[]> {
  const began = new Date()
  const siege = await startSiege({ name, clients: 30, seconds: 120 })
  let rolled = 0
  for (const service of services) {
    await change(service)
    await roll(service)
    await rolledOut(`deployment/${service}`)
    if (!(await siege.isOver())) rolled += 1
  }
  const result: Siege = await siege.result()
  const byStatus = await allEnded(began, 600_000)
  return [
    promised(
      'services rolled during the siege',
      `${rolled} of ${services.length}`,
      rolled === services.length,
    ),
    told('orders', `${result.hits}, ${result.perSecond}/s, the slowest after ${result.longestS} s`),
    promised('availability', `${result.availability.toFixed(2)} %`, result.availability === 100),
    promised('failed requests', result.failed, result.failed === 0),
    promised('accepted orders that have ended', countOf(byStatus), countOf(byStatus) >= result.hits),
  ]
}

const roll = (service: string): Promise<string> =>
  NEXT_TAG
    ? kubectl(['set', 'image', `deployment/${service}`, `${service}=${service}:${NEXT_TAG}`])
    : kubectl(['rollout', 'restart', `deployment/${service}`])
