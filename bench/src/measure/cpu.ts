import { readdirSync, readFileSync } from 'node:fs'
import type { System } from '@saucery/local/system/system'

/** CPU time in ms by process; `bench` is this one, which starts the others and places the orders. */
export type CpuTimes = Readonly<Partial<Record<string, number>>>

/** Linux counts in hundredths of a second, whatever the kernel's own clock. */
const TICK_MS = 10

interface Times {
  readonly pid: number
  readonly parent: number
  /** Its own, and that of its children that have ended. */
  readonly ms: number
}

/** What each service and store has used since its start, with its children, dead ones too; empty without /proc. */
export function cpuTimes({ services, servers }: System): CpuTimes {
  const all = everyProcess()
  if (all.length === 0) return {}
  const ours = Object.entries({ ...services, ...servers }).flatMap(([name, { pid }]) =>
    pid === undefined ? [] : [[name, treeTime(pid, all)]],
  )
  const { user, system } = process.cpuUsage()
  return { ...Object.fromEntries(ours), bench: (user + system) / 1000 }
}

/** What a process has used since its start, with its children; undefined without /proc. */
export function cpuTimeOf(pid: number | undefined): number | undefined {
  const all = everyProcess()
  return pid === undefined || all.length === 0 ? undefined : treeTime(pid, all)
}

function treeTime(root: number, all: readonly Times[]): number {
  const own = all.find(({ pid }) => pid === root)?.ms ?? 0
  return all.filter(({ parent }) => parent === root).reduce((sum, { pid }) => sum + treeTime(pid, all), own)
}

function everyProcess(): Times[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => timesOf(Number(pid)) ?? [])
  } catch {
    return []
  }
}

function timesOf(pid: number): Times | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold brackets and spaces; fields are counted after its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { pid, parent: Number(fields[1]), ms: ticks * TICK_MS }
  } catch {
    return undefined
  }
}
