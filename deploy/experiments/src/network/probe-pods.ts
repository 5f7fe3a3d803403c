import { waitFor } from '@saucery/bench/load/poll'
import type { End } from '@saucery/deploy-tools/manifests/network-policies'
import { applyObject, getObject, imageOf, kubectl, namespace } from '../cluster/kubectl.ts'
import { type Pod, refuseMissingImages } from '../cluster/pods.ts'
import { bundleScript } from '../load/bundle.ts'
import { restrictedPod } from '../load/load-pod.ts'
import type { Attempt } from './attempts.ts'
import type { ProbePlan, ProbeReport } from './probe.ts'
import type { Probed } from './verdict.ts'

export interface Prober extends End {
  readonly name: string
}

const label = 'saucery/probe'
const files = 'probe'
/** The name that each one resolves. */
const name = `gateway.${namespace}.svc`

/** Runs a pod for each prober, all at once, and returns what each one could open. */
export async function probe(
  probers: readonly Prober[],
  attemptsFrom: (prober: Prober) => Attempt[],
  patienceMs: number,
): Promise<Probed[]> {
  const namespaces = new Set(probers.map((it) => it.namespace))
  for (const namespace of namespaces) await createScript(namespace)
  for (const prober of probers) await startProbe(prober, { attempts: attemptsFrom(prober), name, patienceMs })
  for (const namespace of namespaces) await probesEnded(namespace, patienceMs + 120_000)
  return Promise.all(probers.map((prober) => reportOf(prober, attemptsFrom(prober))))
}

async function createScript(namespace: string): Promise<void> {
  const data = { 'probe.mjs': await bundleScript('../network/probe.ts') }
  const metadata = { name: files, namespace }
  await applyObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, namespace)
}

/** Starts a pod with the prober's labels. It is never ready, so no Service leads to it. */
async function startProbe({ name, namespace, labels }: Prober, plan: ProbePlan): Promise<void> {
  const spec = restrictedPod({
    image: await imageOf('gateway'),
    command: ['node', '/files/probe.mjs'],
    env: { PLAN: JSON.stringify(plan) },
    volume: { configMap: { name: files } },
    mountPath: '/files',
  })
  const readinessGates = [{ conditionType: `${label}-is-ready` }]
  const metadata = { name: `probe-${name}`, namespace, labels: { ...labels, [label]: 'yes' } }
  await applyObject({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, readinessGates } }, namespace)
}

/** Waits for the end of the pods in this namespace. */
async function probesEnded(namespace: string, withinMs: number): Promise<void> {
  await waitFor(
    'the end of the probes',
    async () => {
      const selector = ['--namespace', namespace, '--selector', label]
      const { items } = await getObject<{ items: Pod[] }>('pods', ...selector)
      refuseMissingImages(items)
      return items.every(({ status }) => ['Succeeded', 'Failed'].includes(status.phase))
    },
    { everyMs: 2000, withinMs },
  )
}

async function reportOf({ name, namespace }: Prober, attempts: readonly Attempt[]): Promise<Probed> {
  const log = await kubectl(['logs', '--namespace', namespace, `probe-${name}`])
  const report: ProbeReport = JSON.parse(log)
  return { from: name, attempts, ...report }
}
