import { kubectl, stayIn } from './kubectl.ts'

// As in tilt/settings.Tiltfile; cluster.test.ts compares them.
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
 * Has kubectl stay in the current context, if that is a cluster on this machine: with sign-in off everybody may do
 * everything, and the load would be somebody else's.
 * @throws with what to do about it when it is none, or does not answer
 */
export async function chooseCluster(oneMore = process.env.LOCAL_CONTEXT): Promise<void> {
  const context = await kubectl(['config', 'current-context']).then(
    (name) => name.trim(),
    (error: Error) => {
      throw new Error(`There is no cluster to experiment with: ${error.message}`)
    },
  )
  if (!isLocal(context) && context !== oneMore)
    throw new Error(
      `${context} is not known to be a cluster on this machine. If it is: LOCAL_CONTEXT=${context} npx pnpm@12 experiment …`,
    )
  stayIn(context)
  await kubectl(['get', '--raw', '/readyz', '--request-timeout=10s']).catch((error: Error) => {
    throw new Error(`The cluster of the context ${context} does not answer: ${error.message}`)
  })
}
