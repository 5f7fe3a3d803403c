import { connect } from 'nats'
import type { TransactionSql } from 'postgres'
import { relay } from './relay.ts'
import { addToInbox, addToOutbox, openStore, type PolledEvent } from './store.ts'
import { subscribe } from './subscribe.ts'

/** Charges each order: the charge, the inbox and the event are one transaction. */
export const runPayment = (env: NodeJS.ProcessEnv) =>
  runHandler(env, {
    table: `create table charges (order_id uuid not null, amount bigint not null)`,
    consumes: { stream: 'ORDERS', durable: 'payment', filter: 'orders.placed.>' },
    publishes: 'payments.approved',
    change: (tx, { orderId, qty, price }) =>
      tx`insert into charges (order_id, amount) values (${orderId}, ${qty * price})`,
  })

/** Starts the delivery of each charged order. */
export const runDelivery = (env: NodeJS.ProcessEnv) =>
  runHandler(env, {
    table: `create table deliveries (order_id uuid not null, started_at timestamptz not null default now())`,
    consumes: { stream: 'PAYMENTS', durable: 'delivery', filter: 'payments.approved.>' },
    publishes: 'deliveries.started',
    change: (tx, { orderId }) => tx`insert into deliveries (order_id) values (${orderId})`,
  })

interface Handler {
  readonly table: string
  readonly consumes: { readonly stream: string; readonly durable: string; readonly filter: string }
  readonly publishes: string
  change(tx: TransactionSql, event: PolledEvent): PromiseLike<unknown>
}

async function runHandler(env: NodeJS.ProcessEnv, { table, consumes, publishes, change }: Handler) {
  const sql = await openStore(String(env.DATABASE_URL), table)
  const connection = await connect({ servers: String(env.NATS_URL) })
  await subscribe(connection, consumes, ({ eventId, event }) =>
    sql.begin(async (tx) => {
      if (!(await addToInbox(tx, eventId))) return
      await change(tx, event)
      await addToOutbox(tx, publishes, event)
    }),
  )
  void relay(sql, connection.jetstream())
}
