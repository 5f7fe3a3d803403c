import { existsSync } from 'node:fs'
import { createNamespace, namespace } from './kubectl.ts'
import { applyKustomization, deploy, servicesReady } from './overlay.ts'

/** Settings by service. */
export type ServiceSettings = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Deliveries complete by themselves, for orders that no client sees through. */
export const completedByItself: ServiceSettings = { delivery: { DELIVERY_DURATION_MS: '200' } }

/** Changes of objects, as kustomize has them. */
export type Patches = readonly Readonly<{ target: object; patch: string }>[]

/** Brings the local overlay up with some settings and objects changed. */
export async function bringUpLocal(settings: ServiceSettings, patches: Patches): Promise<void> {
  if (!existsSync(`${deploy}overlays/local/.secrets`))
    throw new Error('There are no passwords yet: npx pnpm@12 deploy:secrets creates them')
  await createNamespace(namespace)
  await applySettings(settings, patches)
}

/**
 * Applies the local overlay with these settings changed, as an edit of the files would: the ConfigMaps get new names,
 * so their pods are replaced. Waits until that is done.
 */
export async function applySettings(settings: ServiceSettings, patches: Patches = []): Promise<void> {
  const configMapGenerator = Object.entries(settings).map(([service, values]) => ({
    name: `${service}-settings`,
    behavior: 'merge',
    literals: Object.entries(values).map(([key, value]) => `${key}=${value}`),
  }))
  await applyKustomization({ namespace, resources: ['overlays/local'], configMapGenerator, patches })
  await servicesReady()
}
