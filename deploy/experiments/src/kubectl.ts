import { spawn } from 'node:child_process'
import { until } from './until.ts'

const { KUBECTL = 'kubectl', NAMESPACE = 'saucery' } = process.env

/** Where the experiments take place: `NAMESPACE`, else `saucery`. */
export const namespace = NAMESPACE

/**
 * Runs kubectl (`KUBECTL`, else the one on the PATH) in the current context and the namespace.
 * @returns what it wrote
 * @throws with the end of what it said when it fails
 */
export function kubectl(args: readonly string[], { input = '', timeoutMs = 300_000 } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(KUBECTL, ['--namespace', namespace, ...args], { timeout: timeoutMs })
    let said = ''
    let complained = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complained += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(said)
      else
        reject(
          new Error(
            `kubectl ${args.slice(0, 4).join(' ')} failed (${code}): ${complained.trim().slice(-500)}`,
          ),
        )
    })
    // It may end without having read it.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

export const get = async <T>(...args: string[]): Promise<T> =>
  JSON.parse(await kubectl(['get', ...args, '--output', 'json'])) as T

export const apply = (manifest: object, into = namespace): Promise<string> =>
  kubectl(['apply', '--namespace', into, '--filename', '-'], { input: JSON.stringify(manifest) })

export interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string }
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly containerStatuses?: readonly { readonly restartCount: number }[]
  }
}

/** A service's pods; those that somebody has asked to end only if they are asked for. */
export async function podsOf(service: string, which?: 'ending too'): Promise<Pod[]> {
  const { items } = await get<{ items: Pod[] }>('pods', '--selector', `app.kubernetes.io/name=${service}`)
  return which ? items : items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

export const restartsOf = ({ status }: Pod): number =>
  status.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0

/** Waits until a rollout is over. */
export const rolledOut = (what: string): Promise<string> =>
  kubectl(['rollout', 'status', what, '--timeout=240s'])

export const scale = (service: string, replicas: number): Promise<string> =>
  kubectl(['scale', `deployment/${service}`, `--replicas=${replicas}`])

/** Deletes a StatefulSet's pod, and waits until another has taken its place and is ready. */
export async function replacePod(name: string): Promise<void> {
  const { metadata } = await get<Pod>(`pod/${name}`)
  await kubectl(['delete', `pod/${name}`])
  await until(`another ${name}`, async () => {
    const pod = (await kubectl(['get', `pod/${name}`, '--ignore-not-found', '--output=json'])).trim()
    if (pod === '') return false
    const now = JSON.parse(pod) as Pod
    return now.metadata.uid !== metadata.uid && isReady(now)
  })
}
