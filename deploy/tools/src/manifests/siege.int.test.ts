import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { parse } from 'yaml'
import { render } from '../testing/render.ts'
import { ofKind, type PodSpec, podOf, type Resource, workloads } from '../testing/resources.ts'
import { allows, type NetworkPolicy } from './network-policies.ts'

const read = (name: string) =>
  parse(readFileSync(join(root, `deploy/siege/${name}.yaml`), 'utf8')) as Resource

const job = read('load')
const pod = read('siege')
const pods = [
  { name: 'load', labels: job.spec?.template?.metadata.labels ?? {}, spec: podOf(job) },
  { name: 'siege', labels: pod.metadata.labels ?? {}, spec: pod.spec as unknown as PodSpec },
]

it('names the pod and its container as the course does', () => {
  assert.equal(pod.metadata.name, 'siege')
  assert.equal(pods[1]?.spec.containers[0]?.name, 'siege')
})

for (const { name, labels, spec } of pods)
  describe(`what deploy/siege/${name}.yaml starts`, () => {
    it('runs with no rights that it does not need', () => {
      assert.equal(spec.automountServiceAccountToken, false)
      assert.equal(spec.enableServiceLinks, false)
      assert.equal(spec.securityContext?.runAsNonRoot, true)
      assert.equal(spec.securityContext?.seccompProfile?.type, 'RuntimeDefault')
      for (const { securityContext, resources } of spec.containers) {
        assert.equal(securityContext?.allowPrivilegeEscalation, false)
        assert.equal(securityContext?.readOnlyRootFilesystem, true)
        assert.deepEqual(securityContext?.capabilities?.drop, ['ALL'])
        for (const what of ['cpu', 'memory']) assert.ok(resources?.limits?.[what], `a limit for ${what}`)
      }
    })

    it('may connect to the gateway, and to nothing else', async () => {
      const namespace = 'saucery'
      const resources = await render('local')
      const policies = ofKind(resources, 'NetworkPolicy') as unknown as NetworkPolicy[]
      const reached = workloads(resources).flatMap((workload) => {
        const to = { namespace, labels: workload.spec?.template?.metadata.labels ?? {} }
        return podOf(workload)
          .containers.flatMap(({ ports = [] }) => ports)
          .filter((port) => allows(policies, { namespace, labels }, to, port))
          .map((port) => `${workload.metadata.name}: ${port.name}`)
      })
      assert.deepEqual(reached, ['gateway: http'])
    })
  })
