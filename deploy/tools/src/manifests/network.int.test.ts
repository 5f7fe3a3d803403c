import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { consumingServices, publishers } from '@saucery/contracts/choreography'
import { overlays, render } from '../testing/render.ts'
import { ofKind, podOf, type Resource, workloads } from '../testing/resources.ts'
import { allows, type End, type NetworkPolicy } from './network-policies.ts'

/** The allowed connections; every other one is denied. Production's databases are outside the cluster. */
const allowed = {
  everywhere: [
    ...consumingServices.map((service) => `gateway → ${service}: http`),
    ...[...consumingServices, 'provision'].map((name) => `${name} → nats: client`),
    'nats → nats: cluster',
  ],
  local: [
    ...publishers.map((name) => `${name} → postgres: postgres`),
    'dashboard → mongodb: mongodb',
    // For the experiment with the circuit breaker.
    'gateway → order: management',
  ],
  observed: [
    ...[...consumingServices, 'gateway'].flatMap((service) => [
      `prometheus → ${service}: management`,
      `${service} → jaeger: otlp`,
    ]),
    ...['nats', 'postgres-exporter'].map((name) => `prometheus → ${name}: metrics`),
    'postgres-exporter → postgres: postgres',
    'grafana → prometheus: http',
    'grafana → jaeger: http',
  ],
}

const portsOf = (workload: Resource) => podOf(workload).containers.flatMap(({ ports = [] }) => ports)
const nameOf = ({ labels }: End) => labels['app.kubernetes.io/name']

for (const overlay of overlays)
  describe(`the overlay ${overlay}`, async () => {
    const resources = await render(overlay)
    const policies = ofKind(resources, 'NetworkPolicy') as unknown as NetworkPolicy[]
    const isObserved = overlay.endsWith('-observed')
    const pods = workloads(resources).map((workload) => ({
      namespace: String(workload.metadata.namespace),
      labels: workload.spec?.template?.metadata.labels ?? {},
      ports: portsOf(workload),
    }))
    const connections = (from: readonly End[], to: typeof pods) =>
      from.flatMap((one) =>
        to.flatMap((other) =>
          other.ports
            .filter((port) => allows(policies, one, other, port))
            .map(({ name }) => `${nameOf(one)} → ${nameOf(other)}: ${name}`),
        ),
      )

    it('allows the connections of the design, and no other', () => {
      const wanted = [
        ...allowed.everywhere,
        ...(overlay.startsWith('production') ? [] : allowed.local),
        ...(isObserved ? allowed.observed : []),
      ]
      assert.deepEqual(new Set(connections(pods, pods)), new Set(wanted))
    })

    it('refuses pods without labels, and those of other namespaces, both ways', () => {
      const stranger = { namespace: 'saucery', labels: {}, ports: [{ name: 'any', containerPort: 8080 }] }
      const strangers = [stranger, ...pods.map((pod) => ({ ...pod, namespace: 'elsewhere' }))]
      assert.deepEqual(connections(strangers, [...pods, stranger]), [])
      assert.deepEqual(connections(pods, strangers), [])
    })

    it('admits only the ingress controller, Prometheus and KEDA from other namespaces', () => {
      const ofServices = policies.filter(({ metadata }) => metadata.namespace === 'saucery')
      const rules = ofServices.flatMap(({ spec }) => spec.ingress ?? [])
      const peers = rules.flatMap(({ from = [] }) => from)
      const foreign = peers.filter(({ namespaceSelector, podSelector }) => namespaceSelector || !podSelector)
      const found = foreign.map(({ namespaceSelector, podSelector }) =>
        [namespaceSelector, podSelector].flatMap((it) => Object.values(it?.matchLabels ?? {})).join(': '),
      )
      const wanted = ['ingress-nginx: ingress-nginx', 'monitoring: prometheus', 'keda: keda-operator']
      assert.deepEqual(new Set(found), new Set(wanted))
      for (const { from } of rules) assert.ok(from?.length, 'a rule without `from` admits every caller')
    })

    it('admits Prometheus to the management port alone, and no one else from outside', () => {
      const comes = (namespace: string, name: string) =>
        connections([{ namespace, labels: { 'app.kubernetes.io/name': name } }], pods).filter((it) =>
          /(order|gateway):/.test(it),
        )
      assert.deepEqual(
        new Set(comes('monitoring', 'prometheus')),
        new Set(['order', 'gateway'].map((it) => `prometheus → ${it}: management`)),
      )
      assert.deepEqual(comes('ingress-nginx', 'ingress-nginx'), ['ingress-nginx → gateway: http'])
    })

    it('names ports that the pods declare', () => {
      const ports = new Set(pods.flatMap((pod) => pod.ports.map(({ name }) => name)))
      for (const { spec } of policies)
        for (const { port } of [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(
          (rule) => rule.ports ?? [],
        ))
          assert.ok(typeof port === 'number' || ports.has(port), `no container has a port ${port}`)
    })
  })
