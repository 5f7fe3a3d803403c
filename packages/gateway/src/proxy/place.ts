import type { IncomingHttpHeaders } from 'node:http'
import { parsePrefer } from '@saucery/chassis/http/prefer'
import type { Caller } from '@saucery/contracts/access/scope'
import { Overloaded } from './failures.ts'
import type { Upstream } from './upstreams.ts'

/** What a request occupies until its answer begins: a place for waits, or one for work. */
export interface Place {
  /** How much longer than other answers this one may take, in ms. */
  readonly waitMs: number
  /** False when the client asks to wait and there is no place for that: the service must answer at once. */
  readonly mayWait: boolean
  /** Gives the place back, once. */
  leave(): void
}

/** @throws Overloaded when there is no place for work either */
export function takePlace(
  upstream: Upstream,
  { prefer }: IncomingHttpHeaders,
  client: string,
  caller: Caller | undefined,
): Place {
  const waitMs = prefer === undefined ? 0 : (parsePrefer(String(prefer)).wait ?? 0) * 1000
  if (waitMs > 0) {
    const branchId = caller?.role === 'branch' ? caller.branchId : undefined
    const leave = upstream.waits.take({ caller: caller?.subject ?? client, branchId })
    if (leave) return { waitMs, mayWait: true, leave }
  }
  return { waitMs: 0, mayWait: waitMs === 0, leave: work(upstream) }
}

/** Counts one request as on its way, so that a stuck service holds a limited number. */
function work(upstream: Upstream): () => void {
  if (upstream.working >= upstream.settings.UPSTREAM_CONNECTIONS) throw new Overloaded()
  upstream.working++
  let isWorking = true
  return () => {
    if (isWorking) upstream.working--
    isWorking = false
  }
}
