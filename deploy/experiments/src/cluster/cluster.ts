import { kubectl, stayIn } from './kubectl.ts'

/** Contexts of clusters on this machine, as in tilt/settings.Tiltfile (cluster.test: "is local where Tilt accepts it"). */
export const local = [
  'docker-desktop',
  'minikube',
  'rancher-desktop',
  'orbstack',
  'colima',
  'microk8s',
  'podman-desktop',
]
export const localPrefixes = ['kind-', 'k3d-', 'colima-', 'minikube-']

export const isLocal = (context: string): boolean =>
  local.includes(context) || localPrefixes.some((prefix) => context.startsWith(prefix))

/**
 * Keeps kubectl in the current context, if that is a cluster on this machine: with sign-in off every caller may do
 * everything, and the load must not reach a shared cluster.
 * @throws with what to do about it when the cluster is not local or does not answer
 */
export async function chooseCluster(oneMore = process.env.LOCAL_CONTEXT): Promise<void> {
  const current = await kubectl(['config', 'current-context']).catch((error: Error) => {
    throw new Error(`No cluster to experiment with: ${error.message}`)
  })
  const context = current.trim()
  if (!isLocal(context) && context !== oneMore)
    throw new Error(
      `${context} is not known to be a cluster on this machine. If it is: LOCAL_CONTEXT=${context} npx pnpm@12 experiment …`,
    )
  stayIn(context)
  await kubectl(['get', '--raw', '/readyz', '--request-timeout=10s']).catch((error: Error) => {
    throw new Error(`The cluster of the context ${context} does not answer: ${error.message}`)
  })
}
