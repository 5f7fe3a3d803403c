import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubectl, rolledOut } from './kubectl.ts'
import { allStarted } from './pods.ts'

/** The folder `deploy`, with a slash at its end. */
export const deploy = fileURLToPath(new URL('../../../', import.meta.url))

export const services = ['payment', 'delivery', 'dashboard', 'order', 'gateway']

type Kustomization = { namespace: string; resources: readonly string[]; [field: string]: unknown }

/**
 * Writes a kustomization with these files beside it, applies it, and removes it.
 * @param resources paths below `deploy`
 */
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
    await kubectl(['apply', '--namespace', rest.namespace, '--kustomize', folder])
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Waits until every service runs its newest pods and they are ready. */
export async function servicesReady(): Promise<void> {
  await allStarted()
  for (const service of services) await rolledOut(`deployment/${service}`)
}
