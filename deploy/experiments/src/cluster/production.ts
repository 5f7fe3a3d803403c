import { rmSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { secretFiles } from '@saucery/deploy-tools/secrets/secret-files'
import { localTokenSettings, signToken } from '@saucery/local/access/sign-in'
import { apply, databases, namespace, rolledOut } from './kubectl.ts'
import { makeNamespace } from './namespaces.ts'
import { allReady, applyKustomization, services } from './overlay.ts'

/** Brings the production overlay up, with Secrets made for the occasion, and databases in a namespace beside it. */
export async function bringUpProduction(): Promise<void> {
  const dataDir = await mkdtemp(`${tmpdir()}/saucery-production-`)
  // Also where somebody interrupts this.
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }))
  for (const name of [namespace, databases]) await makeNamespace(name)
  await makeSecrets(dataDir)
  await bringUpDatabases()
  await bringUpServices(dataDir)
}

async function makeSecrets(dataDir: string): Promise<void> {
  const files = secretFiles(dataDir)
  for (const [name, values] of Object.entries(files))
    await secret(['postgres', 'mongodb'].includes(name) ? databases : namespace, `${name}-secrets`, values)
  await secret(namespace, 'experiments', { token: await signToken(dataDir, { role: 'operator' }) })
}

function secret(into: string, name: string, values: Record<string, string>) {
  // What is elsewhere in production is beside it here.
  const moved = Object.entries(values).map(([key, value]) => [
    key,
    value.replace(/@(postgres|mongodb):/, `@$1.${databases}:`),
  ])
  const stringData = Object.fromEntries(moved)
  return apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: into }, stringData }, into)
}

async function bringUpDatabases(): Promise<void> {
  await applyKustomization({
    namespace: databases,
    resources: ['infra/postgres', 'infra/mongodb'],
    // They let in only who is beside them.
    patches: [
      { target: { kind: 'NetworkPolicy' }, patch: deletion('networking.k8s.io/v1', 'NetworkPolicy') },
    ],
  })
  for (const name of ['postgres', 'mongodb']) await rolledOut(`statefulset/${name}`, databases)
}

/** As the overlay says, but for who signs people in, and for what a machine without 6 free cores cannot give. */
async function bringUpServices(dataDir: string): Promise<void> {
  const { AUTH_ISSUER, AUTH_AUDIENCE } = localTokenSettings(dataDir)
  const load = new URL('../../../overlays/local/load.yaml', import.meta.url)
  await applyKustomization(
    {
      namespace,
      resources: ['overlays/production'],
      configMapGenerator: [
        {
          name: 'gateway-settings',
          behavior: 'merge',
          literals: [
            'AUTH_JWKS_URL=',
            `AUTH_ISSUER=${AUTH_ISSUER}`,
            `AUTH_AUDIENCE=${AUTH_AUDIENCE}`,
            // Everything comes from one pod.
            'RATE_LIMIT_PER_MINUTE=0',
          ],
        },
      ],
      images: [...services, 'provision'].map((name) => ({
        name: `ghcr.io/saucery/${name}`,
        newName: `saucery/${name}`,
      })),
      patches: [
        ...['Deployment', 'StatefulSet'].map((kind) => ({
          target: { kind },
          patch: JSON.stringify([
            {
              op: 'replace',
              path: '/spec/template/spec/containers/0/resources/requests',
              value: { cpu: '20m', memory: '64Mi' },
            },
          ]),
        })),
        // Of so small a request, everything is more than the autoscaler wants to see used.
        {
          target: { kind: 'HorizontalPodAutoscaler' },
          patch: JSON.stringify([{ op: 'replace', path: '/spec/maxReplicas', value: 2 }]),
        },
      ],
    },
    { 'load.yaml': await readFile(load, 'utf8') },
  )
  await rolledOut('statefulset/nats')
  await allReady()
}

const deletion = (apiVersion: string, kind: string) =>
  JSON.stringify({ $patch: 'delete', apiVersion, kind, metadata: { name: 'any' } })
