import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allows, type End, type NetworkPolicy, type Port } from './network-policies.ts'

const pod = (name: string, namespace = 'shop', address?: string): End => ({
  namespace,
  labels: { name },
  ...(address && { address }),
})
const policy = (spec: NetworkPolicy['spec']): NetworkPolicy => ({
  metadata: { name: 'it', namespace: 'shop' },
  spec,
})
const selected = (...values: string[]) => ({ matchExpressions: [{ key: 'name', operator: 'In', values }] })
const http: Port = { name: 'http', containerPort: 8080 }
const metrics: Port = { name: 'metrics', containerPort: 9090 }

const deniesAll = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const outOfWeb = policy({
  podSelector: selected('web'),
  policyTypes: ['Egress'],
  egress: [{ to: [{ podSelector: selected('api') }] }],
})
const intoApi = policy({
  podSelector: selected('api'),
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: selected('web', 'job') }], ports: [{ port: 'http' }] }],
})

describe('a connection is allowed', () => {
  it('where no policy selects either end', () => {
    assert.equal(allows([intoApi], pod('web'), pod('other'), http), true)
    assert.equal(allows([deniesAll], pod('web', 'a'), pod('api', 'b'), http), true)
  })

  it('where the policies of both ends allow it', () => {
    assert.equal(allows([deniesAll, outOfWeb, intoApi], pod('web'), pod('api'), http), true)
    assert.equal(allows([deniesAll, intoApi], pod('web'), pod('api'), http), false)
    assert.equal(allows([deniesAll, outOfWeb], pod('web'), pod('api'), http), false)
  })

  it('at the named port alone', () => {
    assert.equal(allows([intoApi], pod('web'), pod('api'), metrics), false)
  })

  it('from the namespace of the policy, or from those it selects', () => {
    assert.equal(allows([intoApi], pod('web', 'elsewhere'), pod('api'), http), false)
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }
    const fromMonitoring = policy({ ...intoApi.spec, ingress: [{ from: [{ namespaceSelector }] }] })
    assert.equal(allows([fromMonitoring], pod('any', 'monitoring'), pod('api'), http), true)
    assert.equal(allows([fromMonitoring], pod('any'), pod('api'), http), false)
  })

  it('to the addresses of a range', () => {
    const ipBlock = { cidr: '10.1.0.0/16', except: ['10.1.2.0/24'] }
    const toRange = policy({ ...outOfWeb.spec, egress: [{ to: [{ ipBlock }], ports: [{ port: 8080 }] }] })
    const at = (address?: string) => allows([toRange], pod('web'), pod('any', 'b', address), http)
    assert.deepEqual([at('10.1.1.1'), at('10.1.2.1'), at('10.2.1.1'), at()], [true, false, false, false])
  })

  it('never over TCP by a rule for UDP', () => {
    const overUdp = policy({ ...outOfWeb.spec, egress: [{ ports: [{ port: 8080, protocol: 'UDP' }] }] })
    assert.equal(allows([overUdp], pod('web'), pod('any'), http), false)
  })
})

it('refuses to judge an operator that it does not know', () => {
  const podSelector = { matchExpressions: [{ key: 'name', operator: 'NotIn', values: ['web'] }] }
  const unknown = policy({ podSelector, policyTypes: ['Egress'] })
  assert.throws(() => allows([unknown], pod('web'), pod('api'), http), /NotIn/)
})
