import type { Experiment } from '../cluster/fresh.ts'
import { namespace } from '../cluster/kubectl.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { admittedFromElsewhere, withNewNamespaces } from '../network/admitted.ts'
import { attemptsOf } from '../network/attempts.ts'
import { elsewhere, startBystanders } from '../network/bystanders.ts'
import { probeControl } from '../network/control.ts'
import { apiServer, applicationsIn, policiesIn, targetsAmong } from '../network/ends.ts'
import { type Prober, probe } from '../network/probe-pods.ts'
import { verdict } from '../network/verdict.ts'
import { type Finding, reported } from '../report/finding.ts'

// The finished Job shows with which labels it connects.
const keepJob = JSON.stringify([{ op: 'remove', path: '/spec/ttlSecondsAfterFinished' }])
const patches = [{ target: { kind: 'Job' }, patch: keepJob }]

export const networkPolicies: Experiment = {
  summary: 'orders, and every connection that a pod could open to another: those that the policies allow',
  patches,
  run,
}

export const networkPoliciesOfProduction: Experiment = {
  ...networkPolicies,
  summary: 'as network-policies, in the production overlay',
  overlay: 'production',
}

async function run(): Promise<Finding[]> {
  const traffic = await startTraffic('under-policies', { orders: 300, perSecond: 5 })
  await startBystanders()
  const applications = await applicationsIn(namespace)
  const targets = [
    ...targetsAmong(applications),
    ...targetsAmong(await applicationsIn(elsewhere)),
    ...targetsAmong(await applicationsIn('kube-system', '--selector', 'k8s-app=kube-dns')),
    await apiServer(),
  ]
  const control = await probeControl(targets)
  const gateway = applications.find(({ name }) => name === 'gateway')
  const impostor = { name: 'gateway-elsewhere', namespace: elsewhere, labels: gateway?.labels ?? {} }
  const policies = await policiesIn(namespace)
  const admitted = admittedFromElsewhere(policies)
  const foreign = await withNewNamespaces(admitted)
  const untried = admitted.filter((it) => !foreign.includes(it)).map((it) => it.name)
  const attemptsFrom = (from: Prober) =>
    attemptsOf(from, targets, policies).filter(({ to }) => control.made.includes(to))
  const probed = await probe([...applications, impostor, ...foreign], attemptsFrom, 60_000)
  return [
    ...verdict(control, probed),
    reported('not tried, because their namespaces exist', untried.join(', ') || 'none'),
    ...nothingLost(await traffic()),
  ]
}
