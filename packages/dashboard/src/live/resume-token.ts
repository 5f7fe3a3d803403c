import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { streams } from '@saucery/contracts/choreography'
import type { StreamPosition } from '@saucery/messaging/nats/stream-reader'
import { z } from 'zod'

/** Up to where a client received changes, as documents of this version have them. */
export interface ResumePoint {
  readonly version: number
  /** In each of the streams, in the order of `streams`. */
  readonly positions: readonly StreamPosition[]
}

export type ResumeTokens = ReturnType<typeof resumeTokens>

const algorithm = 'aes-256-gcm'
const [nonceBytes, tagBytes] = [12, 16]
/** Contents of one length: the number of digits of a position would show how many events there are. */
const contentBytes = 256

const position = z.tuple([z.int().min(0), z.string().max(128)])
const content = z.tuple([z.int().min(1)], position).refine(({ length }) => length === 1 + streams.length)

/**
 * What a client receives, and sends when it reconnects: valid at every replica with the same secret. Sealed, because a
 * position shows the ids and the number of other branches' events.
 * @param secret without one only this process reads its tokens
 */
export function resumeTokens(secret: string | Buffer = randomBytes(32)) {
  const key = createHash('sha256').update(secret).digest()
  return {
    seal({ version, positions }: ResumePoint): string {
      const text = JSON.stringify([version, ...positions.map(({ sequence, id }) => [sequence, id])])
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce)
      const sealed = Buffer.concat([cipher.update(text.padEnd(contentBytes)), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    /** @returns undefined for a text that is no token, or one of another secret */
    open(token: string): ResumePoint | undefined {
      if (!/^[\w-]{1,1000}$/.test(token)) return undefined
      try {
        const bytes = Buffer.from(token, 'base64url')
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
        const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()])
        const [version, ...positions] = content.parse(JSON.parse(text.toString()))
        return { version, positions: positions.map(([sequence, id]) => ({ sequence, id })) }
      } catch {
        return undefined
      }
    },
  }
}
