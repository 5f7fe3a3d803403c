/** pnpm and tsx pass on a signal that the terminal has sent as well: two at once are one. */
const SAME_SIGNAL_MS = 1_000

/**
 * Aborted at the first signal that asks the process to end; whoever works then stops, and leaves nothing behind.
 * @param atOnce what a further signal does
 */
export function abortOnInterrupt(
  print: (text: string) => void,
  atOnce: () => unknown = () => process.exit(130),
): AbortSignal {
  const interrupted = new AbortController()
  let interruptedAt = 0
  const onSignal = (signal: NodeJS.Signals) => {
    if (!interrupted.signal.aborted) {
      print(`${signal}: stopping everything; once more ends it at once`)
      interruptedAt = Date.now()
      interrupted.abort()
    } else if (Date.now() - interruptedAt > SAME_SIGNAL_MS) atOnce()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return interrupted.signal
}
