import { BlockList } from 'node:net'

type Labels = Readonly<Record<string, string>>

interface Selector {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly { key: string; operator: string; values: readonly string[] }[]
}

interface Peer {
  readonly podSelector?: Selector
  readonly namespaceSelector?: Selector
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] }
}

interface Rule {
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
  readonly ports?: readonly { readonly port: string | number; readonly protocol?: string }[]
}

export interface NetworkPolicy {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: {
    readonly podSelector: Selector
    readonly policyTypes: readonly string[]
    readonly ingress?: readonly Rule[]
    readonly egress?: readonly Rule[]
  }
}

/** One end of a connection. Without an address no `ipBlock` applies to it. */
export interface End {
  readonly namespace: string
  readonly labels: Labels
  readonly address?: string | undefined
}

/** A TCP port of a container. */
export interface Port {
  readonly name?: string
  readonly containerPort: number
}

/** Whether `from` may open a TCP connection to this port of `to`: the policies of both ends must allow it. */
export const allows = (policies: readonly NetworkPolicy[], from: End, to: End, port: Port): boolean =>
  isAdmitted('Egress', policies, { own: from, other: to, port }) &&
  isAdmitted('Ingress', policies, { own: to, other: from, port })

interface Connection {
  /** The end that the policies select. */
  readonly own: End
  readonly other: End
  readonly port: Port
}

function isAdmitted(type: 'Ingress' | 'Egress', policies: readonly NetworkPolicy[], connection: Connection) {
  const { own, other, port } = connection
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === own.namespace &&
      spec.policyTypes.includes(type) &&
      fits(spec.podSelector, own.labels),
  )
  const rules = selecting.flatMap(({ spec }) => (type === 'Ingress' ? spec.ingress : spec.egress) ?? [])
  const isAllowedBy = (rule: Rule) => {
    const peers = type === 'Ingress' ? rule.from : rule.to
    return (!peers || peers.some((peer) => isPeer(peer, own.namespace, other))) && isPort(rule, port)
  }
  // A pod that no policy selects is open in this direction.
  return selecting.length === 0 || rules.some(isAllowedBy)
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, namespace: string, end: End): boolean {
  if (ipBlock) return end.address !== undefined && contains(ipBlock, end.address)
  // Of a namespace only this label is known; Kubernetes sets it.
  const inNamespace = namespaceSelector
    ? fits(namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace })
    : end.namespace === namespace
  return inNamespace && fits(podSelector ?? {}, end.labels)
}

function contains({ cidr, except = [] }: NonNullable<Peer['ipBlock']>, address: string): boolean {
  const listOf = (ranges: readonly string[]) => {
    const list = new BlockList()
    for (const range of ranges) {
      const [net = '', prefix = ''] = range.split('/')
      list.addSubnet(net, Number(prefix))
    }
    return list
  }
  return listOf([cidr]).check(address) && !listOf(except).check(address)
}

const isPort = ({ ports }: Rule, { name, containerPort }: Port): boolean =>
  !ports ||
  ports.some(({ port, protocol = 'TCP' }) => protocol === 'TCP' && (port === name || port === containerPort))

const fits = ({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([label, value]) => labels[label] === value) &&
  matchExpressions.every(({ key, operator, values }) => {
    if (operator !== 'In') throw new Error(`the operator ${operator} is not supported`)
    return values.includes(labels[key] ?? '')
  })
