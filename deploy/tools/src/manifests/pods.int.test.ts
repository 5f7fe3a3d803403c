import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overlays, render } from '../testing/render.ts'
import { type Container, ofKind, podOf, type Resource, settingsOf, workloads } from '../testing/resources.ts'

const first = (containers: readonly Container[]): Container => containers[0] as Container

/** One of the five, not what watches them. */
const isService = ({ metadata }: Resource) =>
  /^(service|gateway)$/.test(metadata.labels?.['app.kubernetes.io/component'] ?? '')

for (const overlay of overlays)
  describe(`the overlay ${overlay}`, async () => {
    const resources = await render(overlay)

    const isFromSource = overlay.startsWith('tilt')

    it(`${isFromSource ? 'runs one image from source, and scales nothing' : 'runs compiled images'}`, () => {
      const built = workloads(resources).flatMap((it) => podOf(it).containers[0]?.image ?? [])
      const ours = new Set(built.filter((image) => /saucery\//.test(image)))
      assert.equal(ours.size === 1, isFromSource, [...ours].join(', '))
      if (isFromSource) assert.deepEqual(ofKind(resources, 'HorizontalPodAutoscaler'), [])
    })

    for (const workload of workloads(resources)) {
      const name = `${workload.kind} ${workload.metadata.name}`
      const pod = podOf(workload)

      it(`${name} runs with no rights that it does not need`, () => {
        assert.equal(pod.automountServiceAccountToken, false)
        assert.equal(pod.enableServiceLinks, false)
        assert.equal(pod.serviceAccountName, workload.metadata.name)
        const account = ofKind(resources, 'ServiceAccount').find(
          (it) => it.metadata.name === workload.metadata.name,
        )
        assert.equal(account?.automountServiceAccountToken, false)
        assert.equal(pod.securityContext?.runAsNonRoot, true)
        assert.equal(pod.securityContext?.seccompProfile?.type, 'RuntimeDefault')
        for (const { image, securityContext } of pod.containers) {
          assert.equal(securityContext?.allowPrivilegeEscalation, false)
          assert.equal(securityContext?.readOnlyRootFilesystem, !image.startsWith('saucery/dev:'))
          assert.deepEqual(securityContext?.capabilities?.drop, ['ALL'])
        }
      })

      it(`${name} has requests, limits and a pinned image`, () => {
        for (const { resources: its, image } of pod.containers) {
          for (const what of ['cpu', 'memory']) {
            assert.ok(its?.requests?.[what], `a request for ${what}`)
            assert.ok(its?.limits?.[what], `a limit for ${what}`)
          }
          assert.match(image, /:v?\d+\.\d+(\.\d+)?(-[\w.]+)?$|@sha256:[\da-f]{64}$/)
        }
      })

      it(`${name} has the recommended labels`, () => {
        for (const labels of [workload.metadata.labels, workload.spec?.template?.metadata.labels])
          for (const label of ['name', 'component', 'part-of', 'managed-by'])
            assert.ok(labels?.[`app.kubernetes.io/${label}`], label)
      })

      if (workload.kind === 'Job') continue
      it(`${name} has three different probes`, () => {
        const { startupProbe, readinessProbe, livenessProbe } = first(pod.containers)
        for (const probe of [startupProbe, readinessProbe, livenessProbe]) assert.ok(probe, 'a probe')
        assert.notDeepEqual(readinessProbe, livenessProbe)
        assert.notDeepEqual(startupProbe, livenessProbe)
        if (isService(workload)) {
          assert.equal(readinessProbe?.httpGet?.path, '/readyz')
          assert.equal(livenessProbe?.httpGet?.path, '/livez')
          for (const probe of [startupProbe, readinessProbe, livenessProbe])
            assert.equal(probe?.httpGet?.port, 'management')
        }
      })
    }

    for (const deployment of ofKind(resources, 'Deployment').filter(isService)) {
      const { name } = deployment.metadata
      const pod = podOf(deployment)

      it(`${name} can finish its work in flight before it is killed`, () => {
        const { plain } = settingsOf(first(pod.containers), resources)
        const sleepMs = (first(pod.containers).lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000
        assert.ok(sleepMs > 0, 'no preStop sleep')
        const exitMs = 2_000
        const needed = sleepMs + Number(plain.SHUTDOWN_GRACE_MS) + exitMs
        assert.ok((pod.terminationGracePeriodSeconds ?? 0) * 1000 >= needed, `${needed} ms are needed`)
      })

      it(`${name} is spread over nodes, has a disruption budget, and is reached by its Service`, () => {
        assert.ok(pod.topologySpreadConstraints?.length, 'a topology spread')
        const has = (kind: string) => ofKind(resources, kind).find((it) => it.metadata.name === name)
        assert.ok(has('PodDisruptionBudget'), 'a PodDisruptionBudget')
        assert.ok(has('NetworkPolicy'), 'a NetworkPolicy')
        assert.deepEqual(has('Service')?.spec?.selector, { 'app.kubernetes.io/name': name })
        assert.deepEqual(
          has('Service')?.spec?.ports?.map(({ port, targetPort }) => [port, targetPort]),
          [[8080, 'http']],
        )
      })
    }

    it('gives NATS enough memory for its garbage and enough time to read its disk', () => {
      const nats = ofKind(resources, 'StatefulSet').find((it) => it.metadata.name === 'nats')
      const { env, resources: its, startupProbe } = first(podOf(nats as Resource).containers)
      const soft = /^(\d+)MiB$/.exec(env?.find(({ name }) => name === 'GOMEMLIMIT')?.value ?? '')
      const hard = /^(\d+)(Mi|Gi)$/.exec(its?.limits?.memory ?? '')
      const share = Number(soft?.[1]) / (Number(hard?.[1]) * (hard?.[2] === 'Gi' ? 1024 : 1))
      assert.ok(share > 0.5 && share <= 0.9, `GOMEMLIMIT is ${share} of the limit`)
      const seconds = (startupProbe?.periodSeconds ?? 10) * (startupProbe?.failureThreshold ?? 3)
      assert.ok(seconds >= (overlay.startsWith('production') ? 900 : 120), `${seconds} s to start`)
    })

    if (isFromSource)
      it('keeps the finished Job: Tilt takes one that deletes itself for one that has not started', () => {
        for (const { spec } of ofKind(resources, 'Job'))
          assert.equal(spec?.ttlSecondsAfterFinished, undefined)
      })

    it('exposes no Service outside the cluster', () => {
      for (const { spec } of ofKind(resources, 'Service'))
        assert.equal(spec?.type ?? 'ClusterIP', 'ClusterIP')
    })
  })
