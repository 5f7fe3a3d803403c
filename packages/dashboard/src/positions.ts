import { streams } from '@saucery/contracts/choreography'
import type { Position } from '@saucery/messaging/stream-reading'
import { z } from 'zod'

/** A place in each of the streams, in the order of `streams`. */
export type Positions = readonly Position[]

/** What a client is given, and shows when it comes back: opaque to it, and the same for every replica. */
export const tokenOf = (positions: Positions): string =>
  Buffer.from(JSON.stringify(positions.map(({ sequence, id }) => [sequence, id]))).toString('base64url')

const shown = z.array(z.tuple([z.int().min(0), z.string().max(128)])).length(streams.length)

/** The positions that a token stands for; nothing when it is none. */
export function positionsIn(token: string): Positions | undefined {
  if (!/^[\w-]{1,1000}$/.test(token)) return undefined
  try {
    const read = shown.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    return read.data?.map(([sequence, id]) => ({ sequence, id }))
  } catch {
    return undefined
  }
}
