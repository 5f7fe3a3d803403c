import { streams } from '@saucery/contracts/choreography'
import type { StreamPosition } from '@saucery/messaging/nats/stream-reader'
import { z } from 'zod'

/** A place in each of the streams, in the order of `streams`. */
export type Positions = readonly StreamPosition[]

/** Where a client stands: up to where it was told of what happened, as documents of that version have it. */
export interface ResumePoint {
  readonly version: number
  readonly positions: Positions
}

/** What a client is given, and shows when it comes back: opaque to it, and the same for every replica. */
export const toResumeToken = ({ version, positions }: ResumePoint): string =>
  Buffer.from(JSON.stringify([version, ...positions.map(({ sequence, id }) => [sequence, id])])).toString(
    'base64url',
  )

const position = z.tuple([z.int().min(0), z.string().max(128)])
const shown = z.tuple([z.int().min(1)], position).refine(({ length }) => length === 1 + streams.length)

/** The place that a token stands for; nothing when it is none. */
export function parseResumeToken(token: string): ResumePoint | undefined {
  if (!/^[\w-]{1,1000}$/.test(token)) return undefined
  try {
    const { data } = shown.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    if (!data) return undefined
    const [version, ...positions] = data
    return { version, positions: positions.map(([sequence, id]) => ({ sequence, id })) }
  } catch {
    return undefined
  }
}
