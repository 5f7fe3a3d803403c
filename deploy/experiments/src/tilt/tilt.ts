import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const { TILT = 'tilt' } = process.env

/** What Tilt says of one of its resources. */
export interface TiltResource {
  readonly metadata: { readonly name: string }
  readonly status: {
    readonly updateStatus: 'ok' | 'pending' | 'in_progress' | 'error' | 'none' | 'not_applicable'
    readonly runtimeStatus: 'ok' | 'pending' | 'error' | 'none' | 'not_applicable'
    readonly endpointLinks?: readonly { readonly name?: string; readonly url: string }[]
    readonly k8sResourceInfo?: { readonly podName?: string }
    readonly lastDeployTime?: string
    readonly buildHistory?: readonly { readonly startTime: string; readonly error?: string }[]
    readonly triggerMode?: number
  }
}

/**
 * Runs a command of the Tilt that is up (`TILT`, else the one on the PATH).
 * @returns its output
 * @throws with the end of its error output when it fails
 */
export async function tilt(...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(TILT, args, { timeout: 60_000, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    const { code, stderr = '' } = error as { code?: number | string; stderr?: string }
    if (code === 'ENOENT') throw new Error(`${TILT} was not found; TILT can name another program`)
    throw new Error(`tilt ${args.join(' ')} failed (${code}): ${stderr.trim().slice(-500)}`)
  }
}

const get = async <T>(...what: string[]): Promise<T> =>
  JSON.parse(await tilt('get', ...what, '--output', 'json')) as T

export const resources = async (): Promise<readonly TiltResource[]> =>
  (await get<{ items: TiltResource[] }>('uiresources')).items

export const resource = (name: string): Promise<TiltResource> => get('uiresource', name)

export const podNameOf = async (service: string): Promise<string> =>
  (await resource(service)).status.k8sResourceInfo?.podName ?? 'none'
