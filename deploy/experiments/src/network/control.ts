import { applyObject, kubectl, namespace } from '../cluster/kubectl.ts'
import { attemptsOf, type Target } from './attempts.ts'
import { policiesIn } from './ends.ts'
import { probe } from './probe-pods.ts'
import type { Probed } from './verdict.ts'

/**
 * What a pod reaches that policies allow everything, for a while. The others must not reach it because of their policies,
 * and for no other reason.
 */
export async function probeControl(targets: readonly Target[]): Promise<Probed> {
  const labels = { 'app.kubernetes.io/name': 'control' }
  const podSelector = { matchLabels: labels }
  const policies = [
    policy('control-in', { podSelector: {}, ingress: [{ from: [{ podSelector }] }] }),
    policy('control-out', { podSelector, policyTypes: ['Egress'], egress: [{}] }),
  ]
  for (const each of policies) await applyObject(each)
  const all = await policiesIn(namespace)
  const control = { name: 'control', namespace, labels }
  const [probed] = await probe([control], (from) => attemptsOf(from, targets, all), 30_000)
  await kubectl(['delete', ...policies.map(({ metadata }) => `networkpolicy/${metadata.name}`)])
  if (!probed) throw new Error('the control reported nothing')
  return probed
}

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
})
