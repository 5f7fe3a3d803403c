import { waitFor } from '@saucery/bench/load/poll'
import { applyObject, getObject, kubectl } from '../cluster/kubectl.ts'
import { type Pod, refuseMissingImages } from '../cluster/pods.ts'

export interface LoadContainer {
  readonly image: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The source of a volume, and the path it is mounted at. */
  readonly volume: object
  readonly mountPath: string
}

/** Starts a pod that may only put load on the gateway. TOKEN holds the operator's token, where sign-in is on. */
export async function startLoadPod(name: string, container: LoadContainer) {
  const labels = { 'app.kubernetes.io/name': 'load', 'app.kubernetes.io/component': 'load' }
  const spec = restrictedPod(container)
  await applyObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec })
  const phase = async () => {
    const pod = await getObject<Pod>(`pod/${name}`)
    refuseMissingImages([pod])
    return pod.status.phase
  }
  const isOver = async () => ['Succeeded', 'Failed'].includes(await phase())
  await waitFor(`start of ${name}`, async () => (await phase()) !== 'Pending')
  return {
    isOver,
    /** Waits for the end of the pod. */
    async result(withinMs: number) {
      await waitFor(`end of ${name}`, isOver, { withinMs })
      return { log: await kubectl(['logs', name]), succeeded: (await phase()) === 'Succeeded' }
    },
  }
}

/** The specification of a pod that the namespace's security standard admits. */
export const restrictedPod = ({ env, volume, mountPath, ...container }: LoadContainer) => ({
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  volumes: [{ name: 'files', ...volume }],
  containers: [
    {
      name: 'load',
      ...container,
      imagePullPolicy: 'IfNotPresent',
      env: [
        ...Object.entries(env).map(([name, value]) => ({ name, value })),
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'experiments', key: 'token', optional: true } } },
      ],
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      volumeMounts: [{ name: 'files', mountPath }],
    },
  ],
})
