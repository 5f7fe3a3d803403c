import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { System } from '@saucery/local/system/system'
import { cpuTimes } from '../measure/cpu.ts'
import { measureSagas } from '../measure/sagas.ts'
import { growthPer } from '../report/statistics.ts'
import type { BenchContext } from '../run/run-bench.ts'
import { processesOf, type Running, withSystem } from '../run/with-system.ts'
import { fill } from './fill.ts'
import { pastOrder } from './past-orders.ts'
import { measureReads } from './reads.ts'

const clients = 32
const idleMs = 16_000

export interface ScaleSize {
  readonly sizes: readonly number[]
  /** Orders that are placed at each size. */
  readonly sample: number
}

export type AtSize = Awaited<ReturnType<typeof measureAt>>

/** Fills one system to each size in turn, and measures what the same work costs there. */
export const measureScale = ({ sizes, sample }: ScaleSize, context: BenchContext) =>
  withSystem(context, { connections: clients, env: { DELIVERY_DURATION_MS: '0' } }, async (running) => {
    const { say, system } = running
    say('Warming up')
    await placeSample(running, 1000)
    const before = Date.now() - 60_000
    const results: AtSize[] = []
    let filled = 0
    for (const size of [...sizes].sort((a, b) => a - b)) {
      await fill(running, filled, size, before)
      filled = Math.max(filled, size)
      say(`Measuring at ${size.toLocaleString('en')} orders`)
      results.push(await measureAt(running, size, sample, before))
    }
    return { stores: Object.values(system.servers).map(({ what }) => what), results }
  })

async function measureAt(running: Running, size: number, sample: number, before: number) {
  const { system, signal } = running
  // What a service does after many new orders is over by then.
  await sleep(idleMs / 2, undefined, { signal })
  const idleBefore = cpuTimes(processesOf(system))
  await sleep(idleMs, undefined, { signal })
  const idleCpuMsPerSecond = growthPer(idleMs / 1000, idleBefore, cpuTimes(processesOf(system)))
  const middle = pastOrder(Math.floor(size / 2), before).id
  const reads = await measureReads(
    running,
    Buffer.from(middle.replaceAll('-', ''), 'hex').toString('base64url'),
  )
  const placed = await placeSample(running, sample)
  return { size, idleCpuMsPerSecond, reads, ...placed, rssMb: memoryOf(system) }
}

const placeSample = ({ system, ...running }: Running, orders: number) =>
  measureSagas(running, { orders, clients, processes: processesOf(system), until: 'DELIVERED' })

/** Resident memory in MB of each service and store, without its children; empty without /proc. */
function memoryOf({ services, servers }: System): Record<string, number> {
  const all = Object.entries({ ...services, ...servers }).map(([name, { pid }]) => {
    try {
      return [name, Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024]
    } catch {
      return [name, Number.NaN]
    }
  })
  return Object.fromEntries(all)
}
