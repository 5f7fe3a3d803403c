import type { Processes } from '@saucery/bench/measure/cpu'
import type { Print } from '@saucery/servers/process/child'

/** A system that does the same saga: an order is accepted over HTTP, charged, and its delivery is started. */
export interface Peer {
  readonly title: string
  /** What it does less than this system, in a few words. */
  readonly less: string
  /** Whether it is also measured with 1 to 1,000 connections. */
  readonly sweeps?: boolean
  /** Builds what it needs, before anything is measured. Returns why it cannot run on this machine. */
  prepare?(say: Print): Promise<string | undefined>
  /** Starts it, with servers of its own, in an empty folder. */
  start(place: PeerPlace): Promise<RunningPeer>
}

export interface PeerPlace {
  readonly folder: string
  readonly say: Print
}

export interface RunningPeer {
  /** Where orders are posted, and where `/orderDashboards/{id}` is read. */
  readonly urls: Readonly<Record<'orders' | 'views', string>>
  /** Its services and servers: all that its CPU time is made of. */
  readonly processes: Processes
  /** Names and versions of its servers. */
  readonly stores: readonly string[]
  readonly effects: readonly Effect[]
  /** Ends everything at once; the data is removed afterwards. */
  kill(): Promise<void>
}

/** What must have happened exactly once for each accepted order. */
interface Effect {
  readonly what: string
  readonly database: string
  /** Returns `order_id` once for each time that it happened. */
  readonly query: string
}
