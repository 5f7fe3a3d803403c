import { runProgram } from '../cluster/program.ts'

/** What Tilt says of one of its resources. */
export interface TiltResource {
  readonly metadata: { readonly name: string }
  readonly status: {
    readonly updateStatus: 'ok' | 'pending' | 'in_progress' | 'error' | 'none' | 'not_applicable'
    readonly runtimeStatus: 'ok' | 'pending' | 'error' | 'none' | 'not_applicable'
    readonly endpointLinks?: readonly { readonly url: string }[]
    readonly k8sResourceInfo?: { readonly podName?: string }
    readonly buildHistory?: readonly { readonly startTime: string; readonly error?: string }[]
    readonly triggerMode?: number
  }
}

/** Runs a command of the Tilt that is up. @returns its output */
export const tilt = (...args: string[]): Promise<string> => runProgram('tilt', args, { timeoutMs: 60_000 })

const get = async <T>(...what: string[]): Promise<T> =>
  JSON.parse(await tilt('get', ...what, '--output', 'json')) as T

export const resources = async (): Promise<readonly TiltResource[]> =>
  (await get<{ items: TiltResource[] }>('uiresources')).items

export const resource = (name: string): Promise<TiltResource> => get('uiresource', name)

export const podNameOf = async (service: string): Promise<string> =>
  (await resource(service)).status.k8sResourceInfo?.podName ?? 'none'
