import { placeOrders, untilShown } from '@saucery/bench/load/load'
import { measureLatency } from '@saucery/bench/measure/latency'
import { measureSagas } from '@saucery/bench/measure/sagas'
import type { Print } from '@saucery/servers/process/child'
import type { PeerUnderTest } from '../run/with-peer.ts'
import { connectionCounts, measureConnections } from './connections.ts'
import { checkEffects } from './effects.ts'

export const parts = ['load', 'one', 'rest', 'connections'] as const
export type Measurement = (typeof parts)[number]

export interface PeerSize {
  readonly orders: number
  readonly clients: number
  /** The length of the steady load of 20 orders a second. */
  readonly seconds: number
  readonly only: readonly Measurement[]
  /** Whether the part `connections` is wanted of this peer. */
  readonly sweeps: boolean
}

/** Figures by name, in ms unless the name tells otherwise. A part that is not measured leaves its figures out. */
export type PeerFigures = Readonly<Record<string, number>>

/** Orders after which compilers and caches have settled. */
const WARM_UP = 2000

/** Measures the wanted parts one after the other, then checks that each accepted order arrived exactly once. */
export async function measurePeer(running: PeerUnderTest, size: PeerSize, say: Print): Promise<PeerFigures> {
  const measured: Record<string, number> = {}
  say('warming up')
  await settled(running, Math.min(WARM_UP, size.orders), size.clients)
  const wanted = parts.filter((name) => size.only.includes(name) && (name !== 'connections' || size.sweeps))
  for (const part of wanted) {
    say(part)
    Object.assign(measured, await measurements[part](running, size))
  }
  say('checking that each order arrived once')
  await checkEffects(running)
  return measured
}

type Measure = (running: PeerUnderTest, size: PeerSize) => Promise<PeerFigures>

const measurements: Readonly<Record<Measurement, Measure>> = {
  async load(running, { orders, clients }) {
    const sagas = await sagasOf(running, orders, clients)
    const { acceptedPerSecond, sagasPerSecond, post } = sagas
    return {
      ...{ acceptedPerSecond, sagasPerSecond, postP50: post.p50, postP99: post.p99, cpu: cpuOf(sagas) },
      ...Object.fromEntries(Object.entries(sagas.cpuMs).map(([name, ms]) => [`cpu of ${name}`, ms ?? 0])),
    }
  },
  async one(running, { orders }) {
    return { cpuOne: cpuOf(await sagasOf(running, Math.ceil(orders / 10), 1)) }
  },
  async rest(running, { seconds }) {
    const { delivering, post } = await measureLatency(running, seconds)
    return {
      restP50: delivering.p50,
      restP99: delivering.p99,
      restPostP50: post.p50,
      restPostP99: post.p99,
    }
  },
  async connections(running, { orders }) {
    const figures: Record<string, number> = {}
    for (const count of connectionCounts) {
      const { p50, p99, refused } = await measureConnections(running, count, Math.ceil(orders / 4))
      Object.assign(figures, {
        [`p50At${count}`]: p50,
        [`p99At${count}`]: p99,
        [`refusedAt${count}`]: refused,
      })
      await untilShown(running, running.accepted.slice(-256).toReversed(), 'DELIVERING')
    }
    return figures
  },
}

async function settled(running: PeerUnderTest, orders: number, clients: number): Promise<void> {
  const { ids } = await placeOrders(running, { orders, clients })
  await untilShown(running, ids.toReversed(), 'DELIVERING')
}

const sagasOf = (running: PeerUnderTest, orders: number, clients: number) =>
  measureSagas(running, { orders, clients, processes: running.peer.processes, until: 'DELIVERING' })

/** Of the peer alone: the client runs in this process. NaN without /proc. */
function cpuOf({ cpuMs: { bench, ...peer } }: Awaited<ReturnType<typeof measureSagas>>): number {
  if (bench === undefined) return Number.NaN
  return Object.values(peer).reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
}
