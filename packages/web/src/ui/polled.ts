import { signal } from '@preact/signals'
import { api } from '../api/client.ts'
import { whileVisible } from './while-visible.ts'

/** What a path answers, asked for at once and in this interval while somebody looks, until it is closed. */
export function polled<T>(pathNow: () => string, everyMs: number) {
  const found = signal<T | undefined>(undefined)
  const error = signal<Error | undefined>(undefined)
  let asked = 0
  let answered = 0
  async function ask(stopped?: AbortSignal): Promise<void> {
    const turn = ++asked
    try {
      const answer = await api.get<T>(pathNow(), stopped)
      // One that was asked for before, and came later, knows less.
      if (turn < answered) return
      answered = turn
      found.value = answer
      error.value = undefined
    } catch (failure) {
      if (!stopped?.aborted) error.value = failure as Error
      throw failure
    }
  }
  return { found, error, read: () => ask().catch(() => {}), close: whileVisible(everyMs, ask) }
}
