import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import postgres from 'postgres'
import { type TestServer, testPostgres } from '../testing/servers.ts'
import { createDatabases } from './databases.ts'

const orders = { database: 'orders', role: 'order', password: 'first' } as const
const payments = { database: 'payments', role: 'payment', password: 'it\'s "odd" %I' } as const

// Roles belong to the whole server, so this needs one of its own.
describe('createDatabases', () => {
  let server: TestServer
  before(async () => {
    server = await testPostgres({ ownServer: true })
  })
  after(() => server[Symbol.asyncDispose]())

  it('gives each role a database in which it may do everything', async () => {
    const urls = await createDatabases(server.url, [orders, payments])
    assert.equal(await ask(urls.orders, 'create table t (n int); select current_user as answer'), 'order')
    assert.equal(await ask(urls.payments, 'select current_database() as answer'), 'payments')
  })

  it('lets no role into another database', async () => {
    const urls = await createDatabases(server.url, [orders, payments])
    for (const database of ['payments', 'postgres', 'template1']) {
      const url = urls.orders.replace(/[^/]+$/, database)
      await assert.rejects(ask(url, 'select 1 as answer'), { code: '42501' })
    }
  })

  it('may be repeated, at once too, and brings a password up to date', async () => {
    const changed = { ...orders, password: 'second' }
    const [urls] = await Promise.all([1, 2, 3].map(() => createDatabases(server.url, [changed, payments])))
    assert.ok(urls)
    assert.equal(await ask(urls.orders, 'select 1 as answer'), 1)
    await assert.rejects(ask(urls.orders.replace('second', 'first'), 'select 1 as answer'), { code: '28P01' })
  })
})

async function ask(url: string, statement: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const rows = await sql.unsafe(statement)
    return (rows.at(-1)?.at?.(0) ?? rows[0])?.answer
  } finally {
    await sql.end()
  }
}
