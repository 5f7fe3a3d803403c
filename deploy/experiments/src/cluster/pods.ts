import { waitFor } from '@saucery/bench/load/poll'
import { findObject, getObject, kubectl } from './kubectl.ts'

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string }
  readonly status: {
    readonly phase: string
    readonly podIP?: string
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: readonly {
      readonly image: string
      readonly restartCount: number
      readonly state: { readonly waiting?: { readonly reason?: string } }
    }[]
  }
}

export const allPods = async (): Promise<Pod[]> => (await getObject<{ items: Pod[] }>('pods')).items

/** A service's pods; those that are being deleted only with `'terminating too'`. */
export async function podsOf(service: string, which?: 'terminating too'): Promise<Pod[]> {
  const { items } = await getObject<{ items: Pod[] }>(
    'pods',
    '--selector',
    `app.kubernetes.io/name=${service}`,
  )
  return which ? items : items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}

/** Whether its containers have started: none waits, for instance for its image. One that waits for a restart has. */
export const hasStarted = ({ status: { containerStatuses = [] } }: Pod): boolean =>
  containerStatuses.length > 0 &&
  containerStatuses.every(({ state, restartCount }) => state.waiting === undefined || restartCount > 0)

/**
 * The project's images are in no registry: one that is not in the cluster never arrives.
 * @throws when a pod waits for such an image
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

/** Waits until every container has started. */
export const allStarted = (): Promise<true> =>
  waitFor('the start of all pods', async () => {
    const pods = await allPods()
    refuseMissingImages(pods)
    return pods.length > 0 && pods.every(hasStarted)
  })

/** Deletes a StatefulSet's pod, and waits until its successor is ready. */
export async function replacePod(name: string): Promise<void> {
  const { metadata } = await getObject<Pod>(`pod/${name}`)
  await kubectl(['delete', `pod/${name}`])
  await waitFor(`another pod ${name}`, async () => {
    const now = await findObject<Pod>(`pod/${name}`)
    return now !== undefined && now.metadata.uid !== metadata.uid && isReady(now)
  })
}
