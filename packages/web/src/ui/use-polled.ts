import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { whileVisible } from './while-visible.ts'

type Call<T> = (signal: AbortSignal | undefined) => Promise<T>

/** Repeats the call in this interval while the page is visible. It starts anew when one of `inputs` changes. */
export function usePolled<T>(call: Call<T>, everyMs: number, inputs: readonly unknown[]) {
  const { found, error, read, close } = useMemo(() => poll(call, everyMs), inputs)
  useEffect(() => close, [close])
  return { found: found.value, error: error.value, read }
}

function poll<T>(call: Call<T>, everyMs: number) {
  const found = signal<T | undefined>(undefined)
  const error = signal<Error | undefined>(undefined)
  let lastSent = 0
  let lastAnswered = 0
  async function read(stopped?: AbortSignal): Promise<void> {
    const turn = ++lastSent
    try {
      const answer = await call(stopped)
      // An answer that a later call has overtaken is out of date.
      if (turn < lastAnswered) return
      lastAnswered = turn
      found.value = answer
      error.value = undefined
    } catch (failure) {
      if (!stopped?.aborted) error.value = failure as Error
      throw failure
    }
  }
  return { found, error, read: () => read().catch(() => {}), close: whileVisible(everyMs, read) }
}
