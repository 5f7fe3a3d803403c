import assert from 'node:assert/strict'
import { it } from 'node:test'
import { admittedFromElsewhere } from './admitted.ts'

it('finds each pod that policies admit from another namespace once', () => {
  const prometheus = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
    podSelector: { matchLabels: { app: 'prometheus' } },
  }
  const own = { podSelector: { matchLabels: { app: 'web' } } }
  const policy = (name: string) => ({
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [own, prometheus] }] },
  })
  assert.deepEqual(admittedFromElsewhere([policy('api'), policy('db')]), [
    { name: 'prometheus', namespace: 'monitoring', labels: { app: 'prometheus' } },
  ])
})
