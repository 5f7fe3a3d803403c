import { spawn } from 'node:child_process'

const { KUBECTL = 'kubectl', NAMESPACE = 'saucery-experiment' } = process.env

/** Where the experiments take place, and nothing else does: `NAMESPACE`, else `saucery-experiment`. */
export const namespace = NAMESPACE

/** Where production's databases are, which are not part of its overlay. */
export const databases = `${namespace}-databases`

let context: readonly string[] = []

/** From now on kubectl talks to this context, whichever becomes the current one meanwhile. */
export function stayIn(name: string): void {
  context = ['--context', name]
}

/**
 * Runs kubectl (`KUBECTL`, else the one on the PATH) in the namespace.
 * @returns what it wrote
 * @throws with the end of what it said when it fails
 */
export function kubectl(args: readonly string[], { input = '', timeoutMs = 300_000 } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(KUBECTL, [...context, '--namespace', namespace, ...args], { timeout: timeoutMs })
    let said = ''
    let complained = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complained += text
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT'
      reject(isMissing ? new Error(`there is no ${KUBECTL}; KUBECTL can name another program`) : error)
    })
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

/** What there is of that; undefined when there is nothing. */
export async function getIfThere<T>(what: string): Promise<T | undefined> {
  const found = await kubectl(['get', what, '--ignore-not-found', '--output', 'json'])
  return found.trim() === '' ? undefined : (JSON.parse(found) as T)
}

export const apply = (manifest: object, into = namespace): Promise<string> =>
  kubectl(['apply', '--namespace', into, '--filename', '-'], { input: JSON.stringify(manifest) })

export async function imageOf(service: string): Promise<string> {
  const { spec } = await get<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
    `deployment/${service}`,
  )
  return spec.template.spec.containers[0]?.image ?? ''
}

/** Waits until a rollout is over. */
export const rolledOut = (what: string, where = namespace): Promise<string> =>
  kubectl(['rollout', 'status', what, '--namespace', where, '--timeout=240s'])

export const scale = (service: string, replicas: number): Promise<string> =>
  kubectl(['scale', `deployment/${service}`, `--replicas=${replicas}`])
