import { readFile, rename, writeFile } from 'node:fs/promises'
import type { RunningDrill } from '@saucery/chassis/drills/drill-store'
import { type DrillRequest, drillIdOf } from '@saucery/chassis/drills/kinds'

type Freeze = Extract<DrillRequest, { readonly kind: 'frozen' }>

interface Entry {
  readonly request: Freeze
  /** In ms since 1970. */
  readonly until: number
}

/**
 * Asks `start`, which runs the servers, to freeze one: by a file that it reads. So the end of a freeze is written down
 * before it begins, and a server thaws although this process is gone.
 */
export function openFreezer(file: string | undefined) {
  if (file === undefined) return undefined

  async function read(): Promise<Record<string, Entry>> {
    const text = await readFile(file as string, 'utf8').catch(() => '{}')
    const entries: [string, Entry][] = Object.entries(JSON.parse(text))
    return Object.fromEntries(entries.filter(([, { until }]) => until > Date.now()))
  }
  async function write(entries: Record<string, Entry>): Promise<void> {
    await writeFile(`${file}.new`, JSON.stringify(entries), { mode: 0o600 })
    await rename(`${file}.new`, file as string)
  }
  return {
    async begin(request: Freeze): Promise<void> {
      const until = Date.now() + request.forSeconds * 1000
      await write({ ...(await read()), [drillIdOf(request)]: { request, until } })
    },
    async end(id: string): Promise<void> {
      const { [id]: _, ...others } = await read()
      await write(others)
    },
    async present(): Promise<RunningDrill[]> {
      return Object.entries(await read()).map(([id, { request, until }]) => {
        const leftMs = Math.min(until - Date.now(), request.forSeconds * 1000)
        return { id, request, leftMs, placed: 0, refused: 0 }
      })
    },
  }
}
