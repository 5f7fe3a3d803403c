import postgres, { type Sql, type TransactionSql } from 'postgres'
import { v7 as uuid } from 'uuid'

export interface PolledEvent {
  readonly orderId: string
  readonly qty: number
  readonly price: number
}

/** Opens the service's database, with its own table beside the outbox and the inbox. */
export async function openStore(url: string, ownTable: string): Promise<Sql> {
  const sql = postgres(url, { max: 10, onnotice: () => {} })
  await sql.unsafe(`
    ${ownTable};
    create table outbox (
      id bigserial primary key, event_id uuid not null, subject text not null, data jsonb not null,
      published_at timestamptz);
    create index on outbox (id) where published_at is null;
    create table inbox (event_id uuid primary key, handled_at timestamptz not null default now())`)
  return sql
}

/** Stores an event in the transaction of the change; the relay publishes it. */
export async function addToOutbox(tx: TransactionSql, subject: string, event: PolledEvent): Promise<void> {
  await tx`
    insert into outbox (event_id, subject, data)
    values (${uuid()}, ${`${subject}.${event.orderId}`}, ${tx.json({ ...event })})`
}

/** @returns whether the event is new */
export async function addToInbox(tx: TransactionSql, eventId: string): Promise<boolean> {
  return (await tx`insert into inbox (event_id) values (${eventId}) on conflict do nothing`).count === 1
}
