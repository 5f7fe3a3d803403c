import type { Print } from '@saucery/servers/process/child'
import { waitUntil } from '@saucery/servers/process/wait-until'

const POLL_MS = 50
const PRINT_AFTER_MS = 10_000
const WITHIN_MS = 120_000

/** Resolves when the services are ready at these management URLs; rejects when one is not within 120 s, or when the signal is aborted. */
export async function waitUntilReady<Name extends string>(
  urls: Readonly<Record<Name, string>>,
  print: Print,
  signal?: AbortSignal,
  onReady?: (name: NoInfer<Name>) => void,
): Promise<void> {
  const names = Object.keys(urls) as Name[]
  await Promise.all(
    names.map(async (name) => {
      await waitForService(name, urls[name], print, signal)
      onReady?.(name)
    }),
  )
}

async function waitForService(name: string, url: string, print: Print, signal?: AbortSignal): Promise<void> {
  let missing: string | undefined
  const slow = setTimeout(() => print(`Waiting for ${name} (${missing ?? 'no answer'}) …`), PRINT_AFTER_MS)
  const isReady = async () => {
    missing = await missingAt(url)
    return missing === undefined
  }
  try {
    if (await waitUntil(isReady, { everyMs: POLL_MS, withinMs: WITHIN_MS, signal })) return
    throw new Error(`${name} is not ready after ${WITHIN_MS / 1000} s (${missing}); its log says why`)
  } finally {
    clearTimeout(slow)
  }
}

/** The checks that fail; undefined when the service is ready. */
async function missingAt(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })
    const { checks = {} } = (await answer.json()) as { checks?: Record<string, boolean> }
    const missing = Object.keys(checks).filter((name) => !checks[name])
    return answer.ok ? undefined : `no ${missing.join(', no ') || 'reason given'}`
  } catch {
    return 'no answer'
  }
}
