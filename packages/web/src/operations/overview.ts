import { signal } from '@preact/signals'
import { client } from '../api/client.ts'
import type { Received } from './health.ts'

/** Undefined until the first answer, and for callers who may not see operations. */
export const latestOverview = signal<Received | undefined>(undefined)

/** The gateway answers within two seconds: after more it is the gateway that hangs. */
const answerMs = 3000

export async function readOverview(stopped: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(answerMs)])
  const { services } = await client.get('/operations', { signal })
  latestOverview.value = { services, at: Date.now() }
}
