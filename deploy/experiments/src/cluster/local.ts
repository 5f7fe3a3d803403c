import { existsSync } from 'node:fs'
import { namespace } from './kubectl.ts'
import { makeNamespace } from './namespaces.ts'
import { allReady, applyKustomization, deploy } from './overlay.ts'

/** Settings by the service that is told them. */
export type Settings = Readonly<Record<string, Readonly<Record<string, string>>>>

/** For orders that nobody sees through: their deliveries arrive by themselves. */
export const arriving: Settings = { delivery: { DELIVERY_DURATION_MS: '200' } }

/** Brings the local overlay up, with some settings changed. */
export async function bringUpLocal(settings: Settings): Promise<void> {
  if (!existsSync(`${deploy}overlays/local/.secrets`))
    throw new Error('There are no passwords yet: npx pnpm@12 deploy:secrets makes them')
  await makeNamespace(namespace)
  await applySettings(settings)
}

/**
 * Applies the local overlay with these settings changed, as somebody would who edits it: the ConfigMaps get new names,
 * and with them the pods that use them are replaced. Waits until that is done.
 */
export async function applySettings(settings: Settings): Promise<void> {
  await applyKustomization({
    namespace,
    resources: ['overlays/local'],
    configMapGenerator: Object.entries(settings).map(([service, values]) => ({
      name: `${service}-settings`,
      behavior: 'merge',
      literals: Object.entries(values).map(([key, value]) => `${key}=${value}`),
    })),
  })
  await allReady()
}
