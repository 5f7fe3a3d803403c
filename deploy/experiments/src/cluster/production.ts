import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { secretFiles } from '@saucery/deploy-tools/secrets/secret-files'
import { localTokenSettings, signToken } from '@saucery/local/access/sign-in'
import { applyObject, createNamespace, databases, namespace, rolledOut } from './kubectl.ts'
import type { Patches } from './local.ts'
import { createNatsCertificate } from './nats-certificate.ts'
import { applyKustomization, deploy, services, servicesReady } from './overlay.ts'

export type ProductionOverlay = 'production' | 'production-tls'

/** Brings a production overlay up, with generated Secrets, and its databases in a second namespace. */
export async function bringUpProduction(overlay: ProductionOverlay, patches: Patches): Promise<void> {
  const dataDir = await mkdtemp(`${tmpdir()}/saucery-production-`)
  // Also after an interrupt.
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  for (const name of [namespace, databases]) await createNamespace(name)
  await createSecrets(dataDir)
  if (overlay === 'production-tls') await createNatsCertificate()
  await bringUpDatabases()
  await bringUpServices(overlay, dataDir, patches)
}

async function createSecrets(dataDir: string): Promise<void> {
  const files = secretFiles(dataDir)
  for (const [name, values] of Object.entries(files))
    await secret(['postgres', 'mongodb'].includes(name) ? databases : namespace, `${name}-secrets`, values)
  await secret(namespace, 'experiments', { token: await signToken(dataDir, { role: 'operator' }) })
}

function secret(into: string, name: string, values: Record<string, string>) {
  // The databases are in the other namespace.
  const moved = (url: string) => url.replace(/@(postgres|mongodb):/, `@$1.${databases}:`)
  const stringData = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, moved(value)]))
  const metadata = { name, namespace: into }
  return applyObject({ apiVersion: 'v1', kind: 'Secret', metadata, stringData }, into)
}

async function bringUpDatabases(): Promise<void> {
  const kind = 'NetworkPolicy'
  const deleted = { $patch: 'delete', apiVersion: 'networking.k8s.io/v1', kind, metadata: { name: 'any' } }
  await applyKustomization({
    namespace: databases,
    resources: ['infra/postgres', 'infra/mongodb'],
    // Their NetworkPolicies admit pods of their own namespace only.
    patches: [{ target: { kind }, patch: JSON.stringify(deleted) }],
  })
  for (const name of ['postgres', 'mongodb']) await rolledOut(`statefulset/${name}`, databases)
}

/** The overlay with tokens of this machine, and with requests and replicas that need fewer than 6 free cores. */
async function bringUpServices(overlay: ProductionOverlay, dataDir: string, more: Patches): Promise<void> {
  const { AUTH_ISSUER, AUTH_AUDIENCE } = localTokenSettings(dataDir)
  const literals = [
    'AUTH_JWKS_URL=',
    `AUTH_ISSUER=${AUTH_ISSUER}`,
    `AUTH_AUDIENCE=${AUTH_AUDIENCE}`,
    // Every call comes from one pod.
    'RATE_LIMIT_PER_MINUTE=0',
  ]
  const images = [...services, 'provision'].map((name) => ({
    name: `ghcr.io/saucery/${name}`,
    newName: `saucery/${name}`,
  }))
  const requests = '/spec/template/spec/containers/0/resources/requests'
  const patches = [
    ...more,
    replacement('Deployment', requests, { cpu: '20m', memory: '64Mi' }),
    replacement('StatefulSet', requests, { cpu: '20m', memory: '64Mi' }),
    // Any load is more than the autoscaler's share of so small a request.
    replacement('HorizontalPodAutoscaler', '/spec/maxReplicas', 2),
  ]
  const configMapGenerator = [{ name: 'gateway-settings', behavior: 'merge', literals }]
  const load = { 'load.yaml': await readFile(`${deploy}overlays/local/load.yaml`, 'utf8') }
  const resources = [`overlays/${overlay}`]
  await applyKustomization({ namespace, resources, configMapGenerator, images, patches }, load)
  await rolledOut('statefulset/nats')
  await servicesReady()
}

const replacement = (kind: string, path: string, value: unknown) => ({
  target: { kind },
  patch: JSON.stringify([{ op: 'replace', path, value }]),
})
