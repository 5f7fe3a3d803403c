import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from '@saucery/servers/install/found'

const POLL_MS = 50
const PATIENT_MS = 10_000
const WITHIN_MS = 120_000

interface Options {
  readonly print: Print
  readonly signal?: AbortSignal | undefined
}

/** Resolves when every service says that it can do its work; rejects when that takes too long. */
export async function untilReady(urls: Readonly<Record<string, string>>, options: Options): Promise<void> {
  await Promise.all(Object.entries(urls).map(([name, url]) => untilOneIsReady(name, url, options)))
}

async function untilOneIsReady(name: string, url: string, { print, signal }: Options): Promise<void> {
  const began = Date.now()
  for (let said = false; ; ) {
    const missing = await missingAt(url)
    if (missing === undefined) return
    signal?.throwIfAborted()
    const waited = Date.now() - began
    if (waited > WITHIN_MS)
      throw new Error(`${name} is not ready after ${WITHIN_MS / 1000} s (${missing}); its log says why`)
    if (waited > PATIENT_MS && !said) print(`Waiting for ${name} (${missing}) …`)
    said = waited > PATIENT_MS
    await sleep(POLL_MS)
  }
}

/** What keeps the service from being ready, undefined when nothing does. */
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
