import { signal } from '@preact/signals'
import { api } from './client.ts'
import { whileVisible } from './now.ts'

/** What a path answers, asked for at once and in this interval while somebody looks, until it is closed. */
export function polled<T>(path: string, everyMs: number) {
  const found = signal<T | undefined>(undefined)
  const error = signal<Error | undefined>(undefined)
  const read = async (stopped?: AbortSignal) => {
    try {
      found.value = await api.get<T>(path, stopped)
      error.value = undefined
    } catch (failure) {
      error.value = failure as Error
    }
  }
  return { found, error, read, close: whileVisible(everyMs, read) }
}
