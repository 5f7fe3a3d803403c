import { Hono } from 'hono'
import { MongoClient } from 'mongodb'
import { connect } from 'nats'
import { serveOn } from './serve-on.ts'
import { subscribe } from './subscribe.ts'

/** In the order in which an order goes through them: `$max` keeps a late event from taking it back. */
const statuses = ['PLACED', 'PAID', 'DELIVERING'] as const

interface PolledView {
  readonly _id: string
  readonly rank: number
}

/** Keeps a document for each order, changed by one event after the other. */
export async function runDashboard(env: NodeJS.ProcessEnv): Promise<void> {
  const client = await new MongoClient(String(env.MONGODB_URL)).connect()
  const views = client.db('dashboard').collection<PolledView>('orders')
  const connection = await connect({ servers: String(env.NATS_URL) })
  for (const [rank, stream] of ['ORDERS', 'PAYMENTS', 'DELIVERIES'].entries())
    await subscribe(connection, { stream, durable: 'dashboard', filter: '>' }, async ({ event }) => {
      const { orderId, qty, price } = event
      await views.updateOne({ _id: orderId }, { $max: { rank }, $set: { qty, price } }, { upsert: true })
    })
  const app = new Hono().get('/orderDashboards/:id', async (c) => {
    const view = await views.findOne({ _id: c.req.param('id') })
    return view ? c.json({ id: view._id, status: statuses[view.rank] }) : c.json({ status: 404 }, 404)
  })
  await serveOn(app, env)
}
