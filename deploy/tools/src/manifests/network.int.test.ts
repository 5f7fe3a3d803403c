import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overlays, render } from '../testing/render.ts'
import { ofKind, podOf, type Resource, workloads } from '../testing/resources.ts'

/** The allowed connections; every other one is denied. Production's databases are outside the cluster. */
const allowed = {
  everywhere: [
    ...['order', 'payment', 'delivery', 'dashboard'].map((service) => `gateway → ${service}: http`),
    ...['order', 'payment', 'delivery', 'dashboard', 'provision'].map((name) => `${name} → nats: client`),
    'nats → nats: cluster',
  ],
  local: [
    ...['order', 'payment', 'delivery'].map((name) => `${name} → postgres: postgres`),
    'dashboard → mongodb: mongodb',
  ],
}

type Labels = Record<string, string>
type Peer = NonNullable<NonNullable<NonNullable<Resource['spec']>['ingress']>[number]['from']>[number]

const fits = (selector: Peer['podSelector'], labels: Labels): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([label, value]) => labels[label] === value) &&
  (selector?.matchExpressions ?? []).every(({ key, values }) => values.includes(labels[key] ?? ''))

/** The ports at which `from` may connect to `to`: the policies of both sides must allow it. */
function reached(policies: Resource[], from: Labels, to: Labels): (string | number)[] {
  const side = (type: 'Ingress' | 'Egress', own: Labels, other: Labels) => {
    const about = policies.filter(
      ({ spec }) => spec?.policyTypes?.includes(type) && fits(spec.podSelector, own),
    )
    assert.ok(about.length > 0, `${own['app.kubernetes.io/name']} is under no policy for ${type}`)
    const rules = about.flatMap(({ spec }) => (type === 'Ingress' ? spec?.ingress : spec?.egress) ?? [])
    return rules
      .filter((rule) =>
        (rule.from ?? rule.to ?? []).some(
          (peer) => !peer.namespaceSelector && !peer.ipBlock && fits(peer.podSelector, other),
        ),
      )
      .flatMap(({ ports }) => ports?.map(({ port }) => port) ?? ['any'])
  }
  const entered = side('Ingress', to, from)
  return side('Egress', from, to).filter((port) => entered.includes(port))
}

for (const overlay of overlays)
  describe(`the overlay ${overlay}`, async () => {
    const resources = await render(overlay)
    const policies = ofKind(resources, 'NetworkPolicy')
    const pods = workloads(resources).map((workload) => workload.spec?.template?.metadata.labels ?? {})

    it('allows the connections of the design, and no other', () => {
      const name = (labels: Labels) => labels['app.kubernetes.io/name']
      const found = pods.flatMap((from) =>
        pods.flatMap((to) =>
          reached(policies, from, to).map((port) => `${name(from)} → ${name(to)}: ${port}`),
        ),
      )
      const wanted = [...allowed.everywhere, ...(overlay.startsWith('production') ? [] : allowed.local)]
      assert.deepEqual(new Set(found), new Set(wanted))
    })

    it('admits only the ingress controller, Prometheus and KEDA from other namespaces', () => {
      const namespaces = policies.flatMap(({ spec }) =>
        (spec?.ingress ?? []).flatMap(({ from = [] }) =>
          from.flatMap(({ namespaceSelector, podSelector }) =>
            namespaceSelector || !podSelector ? [Object.values(namespaceSelector?.matchLabels ?? {})] : [],
          ),
        ),
      )
      assert.deepEqual(new Set(namespaces.flat()), new Set(['ingress-nginx', 'monitoring', 'keda']))
      for (const rules of policies.flatMap(({ spec }) => spec?.ingress ?? []))
        assert.ok(rules.from?.length, 'a rule without `from` admits every caller')
    })

    it('names ports that the pods declare', () => {
      const ports = new Set(
        workloads(resources).flatMap((it) =>
          podOf(it).containers.flatMap((container) => container.ports?.map(({ name }) => name) ?? []),
        ),
      )
      for (const { spec } of policies)
        for (const { port } of [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].flatMap(
          (rule) => rule.ports ?? [],
        ))
          assert.ok(typeof port === 'number' || ports.has(port), `no container has a port ${port}`)
    })
  })
