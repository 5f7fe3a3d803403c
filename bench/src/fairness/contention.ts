import type { Fetch } from '@saucery/client/client'
import type { ServiceName } from '@saucery/local/system/service-ports'
import type { System } from '@saucery/local/system/system'
import type { Supervised } from '@saucery/servers/process/supervise'

/** What clients call, and what is behind it. */
export interface LoadTarget {
  /** The gateway, or the balancer of two gateways. */
  readonly url: string
  readonly system: System
  /** The folder of the system's data. */
  readonly dataDir: string
  /** The processes of a service: one for each replica. */
  programs(name: ServiceName): readonly Supervised[]
  /** Over connections of its own for each kind of client, so that neither waits for the other's. */
  readonly fetch: { readonly modest: Fetch; readonly greedy: Fetch }
  readonly say: (text: string) => void
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** A greedy client beside a modest one: what the modest one gets is measured alone, beside it, and after it. */
export interface Contention {
  /** What the modest client may expect. */
  readonly promise: string
  /** Settings of the services. */
  readonly env?: NodeJS.ProcessEnv
  /** Runs before anything is measured: data that has to be there. */
  prepare?(target: LoadTarget): Promise<unknown>
  /** Runs when the modest client was measured alone, and before the greedy one begins. */
  disturb?(target: LoadTarget): Promise<unknown>
  readonly modest: {
    readonly everyMs: number
    /** One call. @returns what came of it: an HTTP status, or a word of its own. It throws for what never came */
    call(target: LoadTarget): Promise<number | string>
    readonly expected: readonly (number | string)[]
  }
  /** Loads the system until the signal aborts. @param count one answer that it got */
  greedy?(
    target: LoadTarget,
    signal: AbortSignal,
    count: (outcome: number | string) => void,
  ): Promise<unknown>
}
