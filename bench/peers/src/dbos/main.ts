import { DBOS } from '@dbos-inc/dbos-sdk'
import { PostgresDataSource } from '@dbos-inc/postgres-datasource'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import postgres from 'postgres'
import { v7 as uuid } from 'uuid'

// Ends with the process that has started it.
process.stdin.resume().once('end', () => process.exit(0))

const url = String(process.env.DATABASE_URL)
const { hostname: host, port, pathname, username, password } = new URL(url)
/** Connections of each pool: as many as there are clients, so that no workflow waits for one. */
const POOL_SIZE = 32
// Not in its types. Postgres.js 3.4.9 loses a transaction whose `begin` fills a connection's pipeline, by default of 100
// statements: a saga of a backlog would fail.
const unbounded = { max_pipeline: 1_000_000 }
const store = new PostgresDataSource('store', {
  ...unbounded,
  ...{ host, port: Number(port), database: pathname.slice(1), username, password, max: POOL_SIZE },
  onnotice: () => {},
})

interface WorkflowOrder {
  readonly id: string
  readonly branchId: string
  readonly sauceId: string
  readonly qty: number
  readonly price: number
}

// Each transaction commits with its checkpoint. The read model is the table of orders.
const accept = store.registerTransaction(
  async ({ id, branchId, sauceId, qty, price }: WorkflowOrder) => {
    await PostgresDataSource.client`
      insert into orders (id, branch_id, sauce_id, qty, price, status)
      values (${id}, ${branchId}, ${sauceId}, ${qty}, ${price}, 'PLACED')`
  },
  { name: 'accept' },
)

const charge = store.registerTransaction(
  async ({ id, qty, price }: WorkflowOrder) => {
    await PostgresDataSource.client`insert into charges (order_id, amount) values (${id}, ${qty * price})`
    await PostgresDataSource.client`update orders set status = 'PAID' where id = ${id}`
  },
  { name: 'charge' },
)

const startDelivery = store.registerTransaction(
  async ({ id }: WorkflowOrder) => {
    await PostgresDataSource.client`insert into deliveries (order_id) values (${id})`
    await PostgresDataSource.client`update orders set status = 'DELIVERING' where id = ${id}`
  },
  { name: 'startDelivery' },
)

const saga = DBOS.registerWorkflow(
  async (order: WorkflowOrder) => {
    await accept(order)
    await charge(order)
    await startDelivery(order)
  },
  { name: 'saga' },
)

const views = postgres(url, { max: POOL_SIZE, onnotice: () => {} })
await views.unsafe(`
  create table orders (
    id uuid primary key, branch_id text not null, sauce_id text not null, qty int not null, price int not null,
    status text not null);
  create table charges (order_id uuid not null, amount bigint not null);
  create table deliveries (order_id uuid not null)`)

DBOS.setConfig({
  name: 'peers',
  systemDatabaseUrl: url,
  systemDatabasePoolSize: POOL_SIZE,
  logLevel: 'error',
})
await DBOS.launch()

const app = new Hono()
  .post('/orders', async (c) => {
    const { branchId, sauceId, qty, price } = await c.req.json()
    const order: WorkflowOrder = { id: uuid(), branchId, sauceId, qty, price }
    // Resolves when the workflow and its input are committed: it is finished after any crash.
    await DBOS.startWorkflow(saga, { workflowID: order.id })(order)
    return c.json({ ...order, status: 'PLACED' }, 201)
  })
  .get('/orderDashboards/:id', async (c) => {
    const id = c.req.param('id')
    const [row] = await views`select status from orders where id = ${id}`
    return row ? c.json({ id, status: row.status }) : c.json({ status: 404 }, 404)
  })

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' }, () => {
  process.stdout.write('ready\n')
})
