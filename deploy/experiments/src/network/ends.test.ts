import assert from 'node:assert/strict'
import { it } from 'node:test'
import { applicationsOf, targetsAmong } from './ends.ts'

const pod = (name: string, app: string, phase: string, podIP: string) => ({
  metadata: {
    name,
    namespace: 'shop',
    labels: { 'app.kubernetes.io/name': app, 'pod-template-hash': 'abc' },
  },
  spec: {
    containers: [
      {
        ports: [
          { containerPort: 53, protocol: 'UDP' },
          { name: 'http', containerPort: 80 },
        ],
      },
    ],
  },
  status: { phase, podIP },
})

it('finds one pod of each application, a running one if there is one', () => {
  const pods = [
    pod('web-1', 'web', 'Failed', '10.0.0.1'),
    pod('web-2', 'web', 'Running', '10.0.0.2'),
    pod('web-3', 'web', 'Running', '10.0.0.3'),
    pod('job-1', 'job', 'Succeeded', '10.0.0.4'),
  ]
  const applications = applicationsOf(pods)
  assert.deepEqual(
    applications.map(({ name, address }) => [name, address]),
    [
      ['web', '10.0.0.2'],
      ['job', undefined],
    ],
  )
  // With the hash the pod would belong to the Deployment.
  assert.deepEqual(applications[0]?.labels, { 'app.kubernetes.io/name': 'web' })
  const ports = targetsAmong(applications).map(({ name, ports }) => [
    name,
    ports.map((it) => it.containerPort),
  ])
  assert.deepEqual(ports, [['web', [80]]])
})
