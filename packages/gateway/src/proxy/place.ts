import type { IncomingHttpHeaders } from 'node:http'
import type { WorkPlace } from '@saucery/chassis/http/admission'
import { parsePrefer } from '@saucery/chassis/http/prefer'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Upstream } from './upstreams.ts'

/** What a request occupies until its answer begins: a place for waits, or one for work. */
export interface Place extends WorkPlace {
  /** How much longer than other answers this one may take, in ms. */
  readonly waitMs: number
  /** False when the client asks to wait and there is no place for that: the service must answer at once. */
  readonly mayWait: boolean
}

/**
 * @param client the network of its address: who signs in often still shares no more than that has
 * @throws Overloaded when there is no place for work either
 */
export async function takePlace(
  upstream: Upstream,
  { prefer }: IncomingHttpHeaders,
  client: string,
  caller: Caller | undefined,
): Promise<Place> {
  const waitMs = prefer === undefined ? 0 : (parsePrefer(String(prefer)).wait ?? 0) * 1000
  if (waitMs > 0) {
    const branchId = caller?.role === 'branch' ? caller.branchId : undefined
    const leave = upstream.waits.take({ caller: caller?.subject ?? client, branchId })
    if (leave) return { waitMs, mayWait: true, pause() {}, resume() {}, leave }
  }
  return { waitMs: 0, mayWait: waitMs === 0, ...(await upstream.work.enter(client)) }
}
