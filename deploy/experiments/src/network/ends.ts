import type { NetworkPolicy, Port } from '@saucery/deploy-tools/manifests/network-policies'
import { getObject } from '../cluster/kubectl.ts'
import type { Target } from './attempts.ts'

interface ListedPod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: { readonly containers: readonly { readonly ports?: readonly DeclaredPort[] }[] }
  readonly status: { readonly phase: string; readonly podIP?: string }
}

type DeclaredPort = Port & { readonly protocol?: string }

/** One pod of each application in a namespace, with its labels of `app.kubernetes.io`. */
export interface Application {
  readonly name: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Of a running pod. */
  readonly address: string | undefined
  readonly ports: readonly Port[]
}

/** The applications in a namespace; those that have ended too, as provision. */
export async function applicationsIn(namespace: string, ...selector: string[]): Promise<Application[]> {
  const { items } = await getObject<{ items: ListedPod[] }>('pods', '--namespace', namespace, ...selector)
  return applicationsOf(items)
}

export function applicationsOf(pods: readonly ListedPod[]): Application[] {
  const found = new Map<string, Application>()
  for (const { metadata, spec, status } of pods) {
    const { labels = {}, namespace } = metadata
    const name = labels['app.kubernetes.io/name'] ?? labels['k8s-app'] ?? metadata.name
    const own = Object.entries(labels).filter(([key]) => /^(app\.kubernetes\.io\/|k8s-app$)/.test(key))
    const address = status.phase === 'Running' ? status.podIP : undefined
    const ports = spec.containers
      .flatMap((container) => container.ports ?? [])
      .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    if (!found.get(name)?.address)
      found.set(name, { name, namespace, labels: Object.fromEntries(own), address, ports })
  }
  return [...found.values()]
}

/** Those that listen. */
export const targetsAmong = (applications: readonly Application[]): Target[] =>
  applications.flatMap(({ address, ...it }) => (address && it.ports.length > 0 ? [{ ...it, address }] : []))

export async function apiServer(): Promise<Target> {
  const service = ['service/kubernetes', '--namespace', 'default']
  const { spec } = await getObject<{ spec: { clusterIP: string } }>(...service)
  const ports = [{ name: 'https', containerPort: 443 }]
  const name = 'API server'
  return { name, namespace: 'default', labels: {}, address: spec.clusterIP, ports, isOnNode: true }
}

export const policiesIn = async (namespace: string): Promise<NetworkPolicy[]> =>
  (await getObject<{ items: NetworkPolicy[] }>('networkpolicies', '--namespace', namespace)).items
