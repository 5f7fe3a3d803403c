import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from '@saucery/servers/process/child'
import { freeze } from '@saucery/servers/process/freeze'
import { readJsonFile } from '@saucery/servers/process/pid-file'
import type { SupervisedServer } from '@saucery/servers/process/supervise'
import type { StoreName } from './service-ports.ts'

/** Where the gateway asks for servers to be frozen, by their names, until when. */
export const freezeFileIn = (dataDir: string): string => join(dataDir, 'freeze.json')

interface Freeze {
  readonly until: number
  readonly request: { readonly forSeconds: number }
}

type Wanted = Readonly<Record<string, Freeze | undefined>>

/** None is longer than it was to be, whatever happens to the clock. */
const leftOf = ({ until, request }: Freeze) => Math.min(until - Date.now(), request.forSeconds * 1000)

const lookEveryMs = 250

/** Freezes the servers that the file names, for as long as it says. A server that was not started here is left alone. */
export function freezeOnDemand(
  dataDir: string,
  servers: Readonly<Record<StoreName, Pick<SupervisedServer, 'pid' | 'what'>>>,
  print: Print,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const file = freezeFileIn(dataDir)
  const frozen = new Map<StoreName, { readonly pid: number; readonly thaw: () => void }>()

  async function look(store: StoreName, wanted: Wanted): Promise<void> {
    const { pid, what } = servers[store]
    const freezing = wanted[`frozen-${store}`]
    const leftMs = freezing ? leftOf(freezing) : 0
    const held = frozen.get(store)
    if (held && (leftMs <= 0 || held.pid !== pid)) {
      frozen.delete(store)
      held.thaw()
      print(`Drill: ${what} goes on`)
    } else if (!held && leftMs > 0 && pid !== undefined) {
      frozen.set(store, { pid, thaw: await freeze(pid, leftMs) })
      print(`Drill: ${what} is frozen for ${Math.ceil(leftMs / 1000)} s`)
    }
  }
  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const wanted = (await readJsonFile<Wanted>(file)) ?? {}
      for (const store of Object.keys(servers) as StoreName[])
        await look(store, wanted).catch((error) => print(String(error)))
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
    for (const { thaw } of frozen.values()) thaw()
  }
  const watching = rm(file, { force: true }).then(watch)
  return {
    async stop() {
      stopping.abort()
      await watching
    },
  }
}
