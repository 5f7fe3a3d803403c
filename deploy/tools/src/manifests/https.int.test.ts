import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { consumingServices } from '@saucery/contracts/choreography'
import { overlays, render } from '../testing/render.ts'
import { ofKind, podOf, type Resource, settingsOf } from '../testing/resources.ts'

const find = (resources: Resource[], kind: string, name: string) =>
  ofKind(resources, kind).find((it) => it.metadata.name === name) as Resource

/** What of a Deployment has to do with HTTPS. */
function httpOf(resources: Resource[], name: string) {
  const { containers, volumes = [] } = podOf(find(resources, 'Deployment', name))
  const [container] = containers
  assert.ok(container, name)
  const { startupProbe, readinessProbe, livenessProbe, volumeMounts = [] } = container
  /** Each file that comes from a Secret, with the Secret's name and key. A single file would never be renewed. */
  const files = volumeMounts.flatMap(({ name, mountPath, subPath }) => {
    const { secret } = volumes.find((it) => it.name === name) ?? {}
    if (!secret || secret.secretName === 'nats-tls' || subPath !== undefined) return []
    return (secret.items ?? []).map(
      ({ key, path }) => [`${mountPath}/${path}`, `${secret.secretName} ${key}`] as const,
    )
  })
  return {
    settings: settingsOf(container, resources).plain,
    files: Object.fromEntries(files),
    probed: [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet?.scheme ?? 'HTTP'),
    announced: find(resources, 'Service', name).spec?.ports?.map(({ appProtocol }) => appProtocol),
  }
}

for (const overlay of overlays)
  describe(`the overlay ${overlay}`, async () => {
    const resources = await render(overlay)
    const isSecured = overlay.endsWith('-https')
    const gateway = httpOf(resources, 'gateway')

    for (const name of consumingServices)
      it(`probes, announces and calls ${name} by ${isSecured ? 'HTTPS' : 'HTTP'}, which it serves`, () => {
        const { settings, files, probed, announced } = httpOf(resources, name)
        const scheme = isSecured ? 'https' : 'http'
        assert.deepEqual(new Set(probed), new Set([scheme.toUpperCase()]))
        assert.deepEqual(announced, [scheme])
        assert.equal(gateway.settings[`${name.toUpperCase()}_URL`], `${scheme}://${name}:8080`)
        const served = [settings.TLS_CERT_FILE, settings.TLS_KEY_FILE].map((file) => files[String(file)])
        const secret = isSecured ? [`${name}-tls tls.crt`, `${name}-tls tls.key`] : [undefined, undefined]
        assert.deepEqual(served, secret)
        assert.equal(Object.keys(files).length, isSecured ? 2 : 0)
      })

    it('gives the gateway the authorities of the services, and no key', () => {
      const { settings, files, probed, announced } = gateway
      const authorities = String(settings.UPSTREAM_CA_FILE)
      assert.deepEqual(files, isSecured ? { [authorities]: 'services-ca ca.crt' } : {})
      assert.deepEqual([new Set(probed), announced], [new Set(['HTTP']), ['http']])
    })
  })
