import { useState } from 'preact/hooks'

/** What a button does: once at a time, and why it failed. A button that is disabled loses the keyboard: say busy. */
export function useDoing() {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>(undefined)
  async function act(work: () => Promise<void>): Promise<void> {
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, act }
}
