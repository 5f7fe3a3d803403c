import { streams } from '@saucery/contracts/choreography'
import type { StreamPosition } from '@saucery/messaging/nats/stream-reader'
import { z } from 'zod'

/** Up to where a client received changes, as documents of this version have them. */
export interface ResumePoint {
  readonly version: number
  /** In each of the streams, in the order of `streams`. */
  readonly positions: readonly StreamPosition[]
}

/** What a client receives, and sends when it reconnects: opaque to it, and valid at every replica. */
export function toResumeToken({ version, positions }: ResumePoint): string {
  const content = [version, ...positions.map(({ sequence, id }) => [sequence, id])]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

const position = z.tuple([z.int().min(0), z.string().max(128)])
const content = z.tuple([z.int().min(1)], position).refine(({ length }) => length === 1 + streams.length)

/** @returns undefined when the text is not a token */
export function parseResumeToken(token: string): ResumePoint | undefined {
  if (!/^[\w-]{1,1000}$/.test(token)) return undefined
  try {
    const [version, ...positions] = content.parse(JSON.parse(Buffer.from(token, 'base64url').toString()))
    return { version, positions: positions.map(([sequence, id]) => ({ sequence, id })) }
  } catch {
    return undefined
  }
}
