import { useState } from 'preact/hooks'
import { withSignOfWork } from './signs-of-work.ts'

/**
 * The work of a button: one at a time, and why it failed. Mark a busy button `aria-disabled`; one that is `disabled`
 * loses the keyboard's focus. The pressed one shows by itself that it works (signs-of-work.ts).
 */
export function useAction() {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<Error | undefined>(undefined)
  async function act(work: () => Promise<void>): Promise<void> {
    if (busy) return
    setBusy(true)
    setError(undefined)
    try {
      await withSignOfWork(work)
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, act }
}
