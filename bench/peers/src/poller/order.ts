import { Hono } from 'hono'
import { connect } from 'nats'
import { v7 as uuid } from 'uuid'
import { relay } from './relay.ts'
import { serveOn } from './serve-on.ts'
import { addToOutbox, openStore } from './store.ts'

/** Accepts orders: the order and its event are one transaction. */
export async function runOrder(env: NodeJS.ProcessEnv): Promise<void> {
  const sql = await openStore(
    String(env.DATABASE_URL),
    `create table orders (
      id uuid primary key, branch_id text not null, sauce_id text not null, qty int not null, price int not null,
      placed_at timestamptz not null default now())`,
  )
  const connection = await connect({ servers: String(env.NATS_URL) })
  const app = new Hono().post('/orders', async (c) => {
    const { branchId, sauceId, qty, price } = await c.req.json()
    const id = uuid()
    await sql.begin(async (tx) => {
      await tx`
        insert into orders (id, branch_id, sauce_id, qty, price)
        values (${id}, ${branchId}, ${sauceId}, ${qty}, ${price})`
      await addToOutbox(tx, 'orders.placed', { orderId: id, qty, price })
    })
    return c.json({ id, branchId, sauceId, qty, price, status: 'PLACED' }, 201)
  })
  void relay(sql, connection.jetstream())
  await serveOn(app, env)
}
