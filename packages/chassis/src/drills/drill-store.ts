import type { DrillRequest } from './kinds.ts'

/** A drill that has not ended. */
export interface RunningDrill {
  readonly id: string
  readonly request: DrillRequest
  /** Until it ends, in ms, by the clock of the store that has it. */
  readonly leftMs: number
  /** Of a load: the orders that were sent. */
  readonly placed: number
  readonly refused: number
}

/** The drills of one service, in its own store: each of its replicas follows them. */
export interface DrillStore {
  /** Takes the place of the one with this id. It is over after its time, whoever is there to end it. */
  begin(id: string, request: DrillRequest): Promise<void>
  end(id: string): Promise<void>
  present(): Promise<RunningDrill[]>
}

/** How a gateway gets, and keeps, the right to send a load. */
export interface Lease {
  /** The gateway's process. */
  readonly runner: string
  /** The orders that it has sent since the last time. */
  readonly placed: number
  readonly refused: number
}
