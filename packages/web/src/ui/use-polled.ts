import { signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { whileVisible } from './while-visible.ts'

type Call<T> = (stopped: AbortSignal) => Promise<T>

/** Repeats the call in this interval while the page is visible. It starts anew when one of `inputs` changes. */
export function usePolled<T>(call: Call<T>, everyMs: number, inputs: readonly unknown[]) {
  const { found, error, read, close } = useMemo(() => poll(call, everyMs), inputs)
  useEffect(() => close, [close])
  return { found: found.value, error: error.value, read }
}

function poll<T>(call: Call<T>, everyMs: number) {
  const closed = new AbortController()
  const found = signal<T>()
  const error = signal<Error>()
  let lastSent = 0
  let lastAnswered = 0
  async function read(): Promise<void> {
    const turn = ++lastSent
    try {
      const answer = await call(closed.signal)
      // An answer that a later call has overtaken is out of date.
      if (turn < lastAnswered) return
      lastAnswered = turn
      found.value = answer
      error.value = undefined
    } catch (failure) {
      if (!closed.signal.aborted) error.value = failure as Error
      throw failure
    }
  }
  whileVisible(everyMs, read, closed.signal)
  return { found, error, read: () => read().catch(() => {}), close: () => closed.abort() }
}
