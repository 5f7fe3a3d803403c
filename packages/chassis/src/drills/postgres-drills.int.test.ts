import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import { openDatabase } from '@saucery/messaging/postgres/database'
import { migrate } from '@saucery/messaging/postgres/migrate'
import { testPostgres } from '@saucery/servers/testing/servers'
import { leaseLoad, postgresDrills } from './postgres-drills.ts'

const server = await testPostgres()
const { db, close } = openDatabase(server.url, 'test', { connections: 4 })
await migrate(server.url, new URL('../../../order/migrations/', import.meta.url))
after(async () => {
  await close()
  await server[Symbol.asyncDispose]()
})

const drills = postgresDrills(db)
const lease = (runner: string, placed = 0) => leaseLoad(db, { runner, placed, refused: 0 })
const silent = (id: string) =>
  db.execute(`update drills set leased_until = now() - interval '1 ms' where id = '${id}'`)

describe('a load that several gateways could send', () => {
  beforeEach(() => drills.begin('load', { kind: 'load', perSecond: 5, forSeconds: 60 }))

  it('is sent by one of them, however many ask at once', async () => {
    const runners = Array.from({ length: 20 }, (_, i) => `gateway-${i}`)
    const leased = await Promise.all(runners.map((runner) => lease(runner)))
    assert.equal(leased.filter(Boolean).length, 1)
  })

  it('is taken over from one that is gone, which has lost it when it comes back, and the counts go on', async () => {
    assert.ok(await lease('gone', 3))
    assert.equal(await lease('other'), undefined)
    await silent('load')
    assert.equal((await lease('other', 4))?.placed, 7)
    assert.equal(await lease('gone', 5), undefined)
    assert.equal((await drills.present())[0]?.placed, 7)
  })

  it('is sent by nobody once it has ended, by its time or by an operator', async () => {
    assert.ok(await lease('one'))
    await db.execute("update drills set until = now() where id = 'load'")
    assert.equal(await lease('one'), undefined)
    await drills.begin('load', { kind: 'load', perSecond: 5, forSeconds: 60 })
    assert.ok(await lease('other'))
    await drills.end('load')
    assert.equal(await lease('other'), undefined)
  })
})
