import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { describe, it } from 'node:test'
import { readSettings } from '@saucery/chassis/settings/settings'
import { consumingServices, subscriptionsOf } from '@saucery/contracts/choreography'
import { durableOf, projectionVersion } from '@saucery/contracts/projection-durables'
import { overlays, render } from '../testing/render.ts'
import { ofKind, podOf, type Resource, settingsOf } from '../testing/resources.ts'
import { schemas } from '../testing/settings-schemas.ts'

const secret = /PASSWORD|POSTGRES_URL|MONGODB_URL|SIGNING_KEY|TOKEN_KEY/

const find = (resources: Resource[], kind: string, name: string) =>
  ofKind(resources, kind).find((it) => it.metadata.name === name) as Resource

for (const overlay of overlays)
  describe(`the overlay ${overlay}`, async () => {
    const resources = await render(overlay)
    const production = overlay.startsWith('production')

    for (const [name, schema] of Object.entries(schemas)) {
      const workload = find(resources, name === 'provision' ? 'Job' : 'Deployment', name)
      const container = podOf(workload).containers[0]
      assert.ok(container, name)
      const { maps, plain, secret: hidden } = settingsOf(container, resources)

      it(`gives ${name} only settings that it knows, and no secret in a ConfigMap`, () => {
        const own = Object.keys(schema.shape)
        const common = Object.keys(find(resources, 'ConfigMap', maps[0] as string).data ?? {})
        for (const setting of [...Object.keys(plain), ...Object.keys(hidden)])
          assert.ok(own.includes(setting) || common.includes(setting), `${name} knows no ${setting}`)
        for (const setting of Object.keys(plain)) assert.doesNotMatch(setting, secret)
      })

      it(`names the ConfigMaps of ${name} after their content, so that a change rolls its pods`, () => {
        for (const map of maps) assert.match(map, /-[a-z0-9]{10}$/)
      })

      if (!production)
        it(`gives ${name} every setting that it needs`, () => {
          readSettings(schema, { ...plain, ...hidden })
        })
    }

    it('has AUTH=off only in overlays for one’s own machine', () => {
      const off = ofKind(resources, 'ConfigMap').filter(
        ({ data }) => data?.AUTH === 'off' || data?.AUTH_OFF_BEYOND_LOOPBACK,
      )
      assert.deepEqual(off.length > 0, ['local', 'local-observed', 'tilt', 'tilt-observed'].includes(overlay))
    })

    it('has drills only in overlays for one’s own machine, and says which are production', () => {
      const maps = ofKind(resources, 'ConfigMap')
      const drilled = maps.filter(({ data = {} }) => 'DRILLS' in data)
      const { data = {} } = maps.find((it) => it.data?.NODE_ENV) ?? {}
      assert.deepEqual(
        [drilled.length > 0, data.NODE_ENV],
        production ? [false, 'production'] : [true, 'development'],
      )
    })

    it('lets the services be called by the names of their Services where sign-in is off', () => {
      const { data = {} } = ofKind(resources, 'ConfigMap').find((it) => it.data?.AUTH) ?? {}
      if (data.AUTH !== 'off') return
      const names = ofKind(resources, 'Service').map(({ metadata }) => metadata.name)
      const own: readonly string[] = [...consumingServices, 'gateway']
      assert.deepEqual(
        new Set(String(data.ALLOWED_HOSTS).split(',')),
        new Set(names.filter((name) => own.includes(name))),
      )
    })

    if (['production-tls', 'production-https'].includes(overlay))
      it('demands TLS of NATS, and mounts the authority that its certificate is of', () => {
        for (const name of [...consumingServices, 'provision']) {
          const pod = podOf(find(resources, name === 'provision' ? 'Job' : 'Deployment', name))
          const { plain } = settingsOf(pod.containers[0] as never, resources)
          for (const url of String(plain.NATS_URL).split(',')) assert.match(url, /^tls:/)
          const folders = pod.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath)
          assert.ok(folders?.includes(dirname(String(plain.NATS_CA_FILE))), name)
        }
      })

    if (!production) return
    it('holds no secret, and has three NATS servers and three replicas of each stream', () => {
      assert.deepEqual(ofKind(resources, 'Secret'), [])
      assert.equal(find(resources, 'StatefulSet', 'nats').spec?.replicas, 3)
      for (const name of [...consumingServices, 'provision']) {
        const workload = find(resources, name === 'provision' ? 'Job' : 'Deployment', name)
        const { plain } = settingsOf(podOf(workload).containers[0] as never, resources)
        assert.equal(plain.STREAM_REPLICAS, '3')
        assert.equal(String(plain.NATS_URL).split(',').length, 3)
      }
    })

    it('runs at least two pods of each service', () => {
      for (const name of [...consumingServices, 'gateway']) {
        const scaler = [...ofKind(resources, 'HorizontalPodAutoscaler'), ...ofKind(resources, 'ScaledObject')]
        const [own, more] = scaler.filter((it) => it.metadata.name === name)
        assert.ok((own?.spec?.minReplicas ?? own?.spec?.minReplicaCount ?? 0) >= 2, name)
        assert.equal(more, undefined, 'two autoscalers of one Deployment')
        assert.equal(find(resources, 'Deployment', name).spec?.replicas, undefined, 'the autoscaler decides')
      }
    })

    it('scales no service out for the CPU of its start', () => {
      for (const { metadata, spec } of ofKind(resources, 'HorizontalPodAutoscaler', 'ScaledObject')) {
        const behavior = spec?.behavior ?? spec?.advanced?.horizontalPodAutoscalerConfig.behavior
        assert.ok((behavior?.scaleUp.stabilizationWindowSeconds ?? 0) >= 30, metadata.name)
      }
    })

    if (overlay === 'production-keda')
      for (const name of consumingServices) {
        const { spec, metadata } = find(resources, 'ScaledObject', name)

        it(`scales ${name} on the lag of every one of its consumers`, () => {
          // A scaler with the name of no consumer fails and never scales.
          const durable = name === 'dashboard' ? durableOf(projectionVersion) : name
          const lags = spec?.triggers?.filter(({ type }) => type === 'nats-jetstream') ?? []
          assert.deepEqual(
            new Set(lags.map(({ metadata: { stream, consumer } }) => `${stream} ${consumer}`)),
            new Set(subscriptionsOf(name).map(({ stream }) => `${stream} ${durable}`)),
          )
        })

        it(`takes over the existing autoscaler of ${name}`, () => {
          assert.equal(metadata.annotations?.['scaledobject.keda.sh/transfer-hpa-ownership'], 'true')
          assert.equal(spec?.advanced?.horizontalPodAutoscalerConfig.name, name)
        })
      }
    else
      it('scales payment at 15 % CPU', () => {
        const { spec } = find(resources, 'HorizontalPodAutoscaler', 'payment')
        assert.equal(spec?.metrics?.[0]?.resource.target.averageUtilization, 15)
        assert.equal(spec?.maxReplicas, 10)
      })
  })
