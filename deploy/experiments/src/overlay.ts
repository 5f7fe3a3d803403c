import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubectl } from './kubectl.ts'

const deploy = fileURLToPath(new URL('../../', import.meta.url))
const { OVERLAY = 'local' } = process.env

/** Settings by the ConfigMap that holds them. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * Applies the overlay (`OVERLAY`, else `local`) with some settings changed, as somebody would who edits it: the
 * ConfigMaps get new names, and with them the pods that use them are replaced.
 */
export async function applyOverlay(settings: Settings = {}): Promise<void> {
  const folder = await mkdtemp(`${deploy}overlays/.experiment-`)
  try {
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [relative(folder, `${deploy}overlays/${OVERLAY}`)],
      configMapGenerator: Object.entries(settings).map(([name, values]) => ({
        name,
        behavior: 'merge',
        literals: Object.entries(values).map(([key, value]) => `${key}=${value}`),
      })),
    }
    await writeFile(`${folder}/kustomization.yaml`, JSON.stringify(kustomization))
    await kubectl(['apply', '--kustomize', folder])
  } finally {
    await rm(folder, { recursive: true })
  }
}
