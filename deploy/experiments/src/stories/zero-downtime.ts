import type { Experiment } from '../cluster/fresh.ts'
import { imageOf, kubectl, rolledOut } from '../cluster/kubectl.ts'
import { arriving } from '../cluster/local.ts'
import { services } from '../cluster/overlay.ts'
import { allBegun, allPods, restartsOf } from '../cluster/pods.ts'
import { accepted, type Finding, promised, told } from '../finding.ts'
import { allEnded } from '../load/gateway.ts'
import { startSiege } from '../load/siege.ts'

const { NEXT_TAG } = process.env

export const zeroDowntime: Experiment = {
  says: 'every service is rolled to a new image while 30 clients place orders; then back, without readiness',
  settings: arriving,
  run,
}

async function run(): Promise<Finding[]> {
  const tagNow = (await imageOf('gateway')).split(':').at(-1)
  const withReadiness = await rollUnderSiege('with-readiness', [], NEXT_TAG)
  const without = await rollUnderSiege('without-readiness', careless, NEXT_TAG && tagNow)
  return [
    told('rolled to', NEXT_TAG ? `images tagged ${NEXT_TAG}` : 'the same images, in new pods'),
    ...withReadiness.map((finding) => ({ ...finding, what: `with readiness: ${finding.what}` })),
    // Nothing is promised there: it shows what readiness and the pause before the end are for.
    ...without.map(({ what, figure }) => told(`without: ${what}`, figure)),
  ]
}

const pod = '/spec/template/spec'
// Pods count as ready when they have begun, and end without a pause. Liveness goes too: without the startup probe it
// would restart what starts slowly.
const careless = ['readinessProbe', 'startupProbe', 'livenessProbe', 'lifecycle'].map((part) => ({
  op: 'remove',
  path: `${pod}/containers/0/${part}`,
}))

async function rollUnderSiege(name: string, changes: readonly object[], tag?: string): Promise<Finding[]> {
  const began = new Date()
  const siege = await startSiege({ name, clients: 30, seconds: 120 })
  let rolled = 0
  for (const service of services) {
    await roll(service, changes, tag)
    if (!(await siege.isOver())) rolled += 1
  }
  const rolledAfter = Math.round((Date.now() - began.getTime()) / 1000)
  const result = await siege.result()
  const byStatus = await allEnded(began, result.hits, 600_000)
  const restarts = (await allPods()).reduce((sum, each) => sum + restartsOf(each), 0)
  return [
    promised(
      'services rolled during the siege',
      `${rolled} of ${services.length}, in ${rolledAfter} s`,
      rolled === services.length,
    ),
    told('orders', `${result.hits}, ${result.perSecond}/s, the slowest after ${result.longestS} s`),
    promised('availability', `${result.availability.toFixed(2)} %`, result.availability === 100),
    promised('failed requests', result.failed, result.failed === 0),
    promised('refused requests', result.refused, result.refused === 0),
    ...accepted(result.hits, byStatus),
    promised('containers that had to be restarted', restarts, restarts === 0),
  ]
}

async function roll(service: string, changes: readonly object[], tag: string | undefined): Promise<void> {
  const [name] = (await imageOf(service)).split(':')
  const change = tag
    ? { op: 'replace', path: `${pod}/containers/0/image`, value: `${name}:${tag}` }
    : { op: 'add', path: '/spec/template/metadata/annotations', value: { rolled: new Date().toISOString() } }
  const patch = JSON.stringify([...changes, change])
  await kubectl(['patch', `deployment/${service}`, '--type=json', '--patch', patch])
  await allBegun()
  await rolledOut(`deployment/${service}`)
}
