import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** CPU time in ms by process; `bench` is this process, which starts the others and places the orders. */
export type CpuTimes = Readonly<Partial<Record<string, number>>>

/** Linux reports hundredths of a second to user space, independent of the kernel's own clock. */
const TICK_MS = 10

/** Services and stores by name. */
export type Processes = Readonly<Record<string, { readonly pid: number | undefined }>>

/** The time of each process since its start, including children that have ended; empty without /proc. */
export function cpuTimes(processes: Processes): CpuTimes {
  const all = everyProcess()
  if (all.length === 0) return {}
  const measured = Object.entries(processes).flatMap(([name, { pid }]) =>
    pid === undefined ? [] : [[name, treeTime(pid, all)]],
  )
  const { user, system } = process.cpuUsage()
  return { ...Object.fromEntries(measured), bench: (user + system) / 1000 }
}

/** The time of a process and its children since its start; NaN without /proc. */
export function cpuTimeOf(pid: number | undefined): number {
  const all = everyProcess()
  return pid === undefined || all.length === 0 ? Number.NaN : treeTime(pid, all)
}

function treeTime(root: number, all: ReturnType<typeof everyProcess>): number {
  const own = all.find(({ pid }) => pid === root)?.ms ?? 0
  return all.filter(({ parent }) => parent === root).reduce((sum, { pid }) => sum + treeTime(pid, all), own)
}

/** Each process with the time of itself and of its children that have ended. */
function everyProcess() {
  if (!existsSync('/proc/self/stat')) return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.flatMap((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // The name is in brackets and may contain brackets and spaces; the fields are counted from its end.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      return { pid: Number(pid), parent: Number(fields[1]), ms: ticks * TICK_MS }
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}
