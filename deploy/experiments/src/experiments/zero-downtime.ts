import type { Experiment } from '../cluster/fresh.ts'
import { imageOf, kubectl, rolledOut } from '../cluster/kubectl.ts'
import { completedByItself } from '../cluster/local.ts'
import { services } from '../cluster/overlay.ts'
import { allPods, allStarted, restartsOf } from '../cluster/pods.ts'
import { acceptedOrdersEnded } from '../load/gateway.ts'
import { startSiege } from '../load/siege.ts'
import { type Finding, promised, reported, secondsSince } from '../report/finding.ts'

const { NEXT_TAG } = process.env

export const zeroDowntime: Experiment = {
  summary:
    'every service is rolled to a new image while 30 clients place orders; then back, without readiness',
  settings: completedByItself,
  async run() {
    const tagNow = (await imageOf('gateway')).split(':').at(-1)
    const withReadiness = await rollUnderSiege('with-readiness', [], NEXT_TAG)
    const without = await rollUnderSiege('without-readiness', removals, NEXT_TAG && tagNow)
    return [
      reported('rolled to', NEXT_TAG ? `images tagged ${NEXT_TAG}` : 'the same images, in new pods'),
      ...withReadiness.map((finding) => ({ ...finding, what: `with readiness: ${finding.what}` })),
      // Nothing is promised here: these figures show what readiness and the pause before the stop are for.
      ...without.map(({ what, figure }) => reported(`without: ${what}`, figure)),
    ]
  },
}

const pod = '/spec/template/spec'
// Pods count as ready as soon as they have started, and stop without a pause. Liveness is removed too: without the
// startup probe it would restart a service that starts slowly.
const removals = ['readinessProbe', 'startupProbe', 'livenessProbe', 'lifecycle'].map((part) => ({
  op: 'remove',
  path: `${pod}/containers/0/${part}`,
}))

async function rollUnderSiege(name: string, changes: readonly object[], tag?: string): Promise<Finding[]> {
  const startedAt = new Date()
  const siege = await startSiege(name, 30, 120)
  let rolled = 0
  for (const service of services) {
    await roll(service, changes, tag)
    if (!(await siege.isOver())) rolled += 1
  }
  const all = `${rolled} of ${services.length}, in ${secondsSince(startedAt.getTime())}`
  const { hits, perSecond, longestS, availability, failed, refused } = await siege.result()
  const ended = await acceptedOrdersEnded(startedAt, hits)
  const restarts = (await allPods()).reduce((sum, each) => sum + restartsOf(each), 0)
  return [
    promised('services rolled during the siege', all, rolled === services.length),
    reported('orders', `${hits}, ${perSecond}/s, the slowest after ${longestS} s`),
    promised('availability', `${availability.toFixed(2)} %`, availability === 100),
    promised('failed requests', failed, failed === 0),
    promised('refused requests', refused, refused === 0),
    ...ended,
    promised('restarts of containers', restarts, restarts === 0),
  ]
}

async function roll(service: string, changes: readonly object[], tag: string | undefined): Promise<void> {
  const [name] = (await imageOf(service)).split(':')
  const change = tag
    ? { op: 'replace', path: `${pod}/containers/0/image`, value: `${name}:${tag}` }
    : { op: 'add', path: '/spec/template/metadata/annotations', value: { rolled: new Date().toISOString() } }
  const patch = JSON.stringify([...changes, change])
  await kubectl(['patch', `deployment/${service}`, '--type=json', '--patch', patch])
  await allStarted()
  await rolledOut(`deployment/${service}`)
}
