import { sql } from 'drizzle-orm'
import type { Broker } from '../nats/connection.ts'
import { consumerInfo } from '../nats/streams.ts'
import type { Database } from '../postgres/database.ts'
import { outbox } from '../postgres/schema.ts'

/** How far one durable consumer is behind. */
export interface ConsumerLag {
  readonly stream: string
  readonly durable: string
  /** Messages that nobody has been given yet. */
  readonly pending: number
  /** Messages in hand. */
  readonly ackPending: number
  /** Of those in hand, the ones that were given before. */
  readonly redelivered: number
}

/** How far the consumers of this name are behind; one that is not there, to be made again, is left out. */
export async function lagOf(
  { jsm, name }: Broker,
  streams: readonly string[],
  durable = name,
): Promise<ConsumerLag[]> {
  const lags = await Promise.all(
    streams.map(async (stream) => {
      const info = await consumerInfo(jsm, stream, durable)
      if (!info) return []
      const { num_pending: pending, num_ack_pending: ackPending, num_redelivered: redelivered } = info
      return [{ stream, durable, pending, ackPending, redelivered }]
    }),
  )
  return lags.flat()
}

export interface Backlog {
  readonly unpublished: number
  /** 0 when there is none. */
  readonly oldestMs: number
}

/** What the outbox has that the stream has not; reads none of what is published. */
export async function backlogOf(db: Database): Promise<Backlog> {
  const [row] = await db.execute<{ unpublished: number; oldestMs: number }>(selectBacklog)
  return { unpublished: row?.unpublished ?? 0, oldestMs: row?.oldestMs ?? 0 }
}

/** (lag.int.test: "costs the same however much was published") */
export const selectBacklog = sql`
  select count(*)::int as unpublished,
    greatest(0, round(extract(epoch from now() - min(time)) * 1000))::float8 as "oldestMs"
  from ${outbox} where published_at is null`
