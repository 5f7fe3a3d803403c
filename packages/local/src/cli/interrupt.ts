import type { Print } from '@saucery/servers/process/child'

/** pnpm and tsx pass on a signal that the terminal has sent as well: two within two seconds are one. */
const SAME_SIGNAL_MS = 2_000

/**
 * Returns a signal that is aborted by the first SIGINT, SIGTERM or SIGHUP; the caller then stops and cleans up.
 * @param onSecond what a second one does
 */
export function abortOnInterrupt(
  print: Print,
  onSecond: () => unknown = () => process.exit(130),
): AbortSignal {
  const controller = new AbortController()
  let abortedAt = 0
  const onSignal = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      print(`${name}: stopping everything; once more ends it at once`)
      abortedAt = performance.now()
      controller.abort()
    } else if (performance.now() - abortedAt > SAME_SIGNAL_MS) onSecond()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal)
  return controller.signal
}
