import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubectl, namespace, rolledOut } from './kubectl.ts'

const deploy = fileURLToPath(new URL('../../', import.meta.url))
const { OVERLAY = 'local' } = process.env

export const services = ['payment', 'delivery', 'dashboard', 'order', 'gateway']

/** A kustomization, its resources as paths below `deploy`, its own files by their names. */
export interface Kustomization {
  readonly namespace?: string
  readonly resources: readonly string[]
  readonly [field: string]: unknown
}

/** Applies a kustomization that is written for the occasion. */
export async function applyKustomization(
  { resources, ...rest }: Kustomization,
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await mkdtemp(`${deploy}overlays/.experiment-`)
  try {
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [
        ...resources.map((path) => relative(folder, `${deploy}${path}`)),
        ...Object.keys(files).filter((name) => name.endsWith('.yaml')),
      ],
      ...rest,
    }
    for (const [name, text] of Object.entries(files)) await writeFile(`${folder}/${name}`, text)
    await writeFile(`${folder}/kustomization.yaml`, JSON.stringify(kustomization))
    await kubectl(['apply', '--namespace', rest.namespace ?? namespace, '--kustomize', folder])
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Settings by the service that is told them. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Applies the overlay (`OVERLAY`, else `local`) with some settings changed, as somebody would who edits it: the
 * ConfigMaps get new names, and with them the pods that use them are replaced.
 */
async function applySettings(settings: Settings): Promise<void> {
  await applyKustomization({
    resources: [`overlays/${OVERLAY}`],
    configMapGenerator: Object.entries(settings).map(([service, values]) => ({
      name: `${service}-settings`,
      namespace: 'saucery',
      behavior: 'merge',
      literals: Object.entries(values).map(([key, value]) => `${key}=${value}`),
    })),
  })
}

/** Runs something with other settings, and puts everything back as the overlay says. */
export async function withSettings<T>(settings: Settings, run: () => Promise<T>): Promise<T> {
  try {
    await applySettings(settings)
    await allRolledOut()
    return await run()
  } finally {
    await applySettings({})
    await allRolledOut()
  }
}

export async function allRolledOut(): Promise<void> {
  for (const service of services) await rolledOut(`deployment/${service}`)
}

/** For orders that nobody sees through: their deliveries arrive by themselves. */
export const arriving: Settings = { delivery: { DELIVERY_DURATION_MS: '200' } }
