import { until } from '../until.ts'
import { get, getIfThere, kubectl } from './kubectl.ts'

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string }
  readonly status: {
    readonly phase: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: readonly {
      readonly image: string
      readonly restartCount: number
      readonly state: { readonly waiting?: { readonly reason?: string } }
    }[]
  }
}

export const allPods = async (): Promise<Pod[]> => (await get<{ items: Pod[] }>('pods')).items

/** A service's pods; those that somebody has asked to end only if they are asked for. */
export async function podsOf(service: string, which?: 'ending too'): Promise<Pod[]> {
  const { items } = await get<{ items: Pod[] }>('pods', '--selector', `app.kubernetes.io/name=${service}`)
  return which ? items : items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}

/** Whether none of its containers waits for something, such as its image. What waits to be restarted had begun. */
export const hasBegun = ({ status: { containerStatuses = [] } }: Pod): boolean =>
  containerStatuses.length > 0 &&
  containerStatuses.every(({ state, restartCount }) => state.waiting === undefined || restartCount > 0)

/**
 * The project's images are in no registry: what is not in the cluster never comes by itself.
 * @throws when a pod waits for one
 */
export function refuseMissingImages(pods: readonly Pod[]): void {
  for (const { image, state } of pods.flatMap(({ status }) => status.containerStatuses ?? []))
    if (/(^|\/)saucery\//.test(image) && /Image/.test(state.waiting?.reason ?? ''))
      throw new Error(
        `The cluster does not have the image ${image} (${state.waiting?.reason}). How to build it: deploy/README.md, deploy/experiments/README.md`,
      )
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

export const restartsOf = ({ status }: Pod): number =>
  status.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0

/** Waits until every container has begun. */
export const allBegun = (): Promise<true> =>
  until('the start of all pods', async () => {
    const pods = await allPods()
    refuseMissingImages(pods)
    return pods.length > 0 && pods.every(hasBegun)
  })

/** Deletes a StatefulSet's pod, and waits until another has taken its place and is ready. */
export async function replacePod(name: string): Promise<void> {
  const { metadata } = await get<Pod>(`pod/${name}`)
  await kubectl(['delete', `pod/${name}`])
  await until(`another ${name}`, async () => {
    const now = await getIfThere<Pod>(`pod/${name}`)
    return now !== undefined && now.metadata.uid !== metadata.uid && isReady(now)
  })
}
