import type { NetworkPolicy } from '@saucery/deploy-tools/manifests/network-policies'
import { createNamespace, findObject } from '../cluster/kubectl.ts'
import type { Prober } from './probe-pods.ts'

/** The pods of other namespaces that the policies admit by name and label, such as Prometheus. */
export function admittedFromElsewhere(policies: readonly NetworkPolicy[]): Prober[] {
  const peers = policies.flatMap(({ spec }) => (spec.ingress ?? []).flatMap(({ from = [] }) => from))
  const probers = peers.flatMap(({ namespaceSelector, podSelector }) => {
    const namespace = namespaceSelector?.matchLabels?.['kubernetes.io/metadata.name']
    if (namespace === undefined) return []
    const labels = podSelector?.matchLabels ?? {}
    const [name = namespace] = Object.values(labels)
    return [{ name, namespace, labels }]
  })
  return [...new Map(probers.map((it) => [it.name, it])).values()]
}

/** Those whose namespaces do not exist yet: creates these. Nothing may be started in the others. */
export async function withNewNamespaces(probers: readonly Prober[]): Promise<Prober[]> {
  const created = new Set<string>()
  for (const { namespace } of probers) {
    if (created.has(namespace) || (await findObject(`namespace/${namespace}`))) continue
    await createNamespace(namespace)
    created.add(namespace)
  }
  return probers.filter(({ namespace }) => created.has(namespace))
}
