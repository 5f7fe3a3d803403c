import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Print } from './child.ts'
import type { Server } from './server.ts'

interface Options {
  readonly print: Print
  readonly askEveryMs?: number
}

/** A server that is busy may be unhealthy for a moment. */
const unhealthyTimes = 3

/**
 * Asks a server how it is until it ends. One that stays unhealthy is ended once its disk takes data again, so that its
 * supervisor starts it; before that, a new start could not help.
 * (full-disk.int.test: "is started again by its supervisor, and stores messages again")
 */
export async function endWhenUnhealthy(
  server: Server,
  { print, askEveryMs = 5_000 }: Options,
): Promise<void> {
  const { what, pid, health } = server
  if (!health) return
  let times = 0
  while (await runsAfter(askEveryMs, server, pid)) {
    // Without an answer it is not known to be ill: it ends, or is busy.
    const ailment = await health.ailment().catch(() => undefined)
    times = ailment === undefined ? 0 : times + 1
    if (times === unhealthyTimes)
      print(`${what} is not healthy (${ailment}); it is ended when its disk takes data`)
    if (times < unhealthyTimes || !(await takesData(health.dataDir))) continue
    await server.stop()
    return
  }
}

async function runsAfter(ms: number, server: Server, pid: number | undefined): Promise<boolean> {
  await sleep(ms, undefined, { ref: false })
  return server.pid !== undefined && server.pid === pid
}

const probeBytes = Buffer.alloc(1024 * 1024, 1)

/** Written and not only measured: a quota leaves the disk free and yet refuses. */
async function takesData(folder: string): Promise<boolean> {
  const path = join(folder, 'disk-probe')
  try {
    const file = await open(path, 'w')
    await file.writeFile(probeBytes).finally(() => file.close())
    return true
  } catch {
    return false
  } finally {
    await rm(path, { force: true }).catch(() => {})
  }
}
