import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubectl, rolledOut } from './kubectl.ts'
import { allBegun } from './pods.ts'

/** The folder of the overlays' folder. */
export const deploy = fileURLToPath(new URL('../../../', import.meta.url))

export const services = ['payment', 'delivery', 'dashboard', 'order', 'gateway']

/** A kustomization, its resources as paths below `deploy`, its own files by their names. */
export interface Kustomization {
  readonly namespace: string
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
    await kubectl(['apply', '--namespace', rest.namespace, '--kustomize', folder])
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Waits until every service's pods are the newest and ready. */
export async function allReady(): Promise<void> {
  await allBegun()
  for (const service of services) await rolledOut(`deployment/${service}`)
}
