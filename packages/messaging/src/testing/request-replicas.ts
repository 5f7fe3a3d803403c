import { after, beforeEach } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { testReplica } from './replica.ts'
import { testDatabase } from './servers.ts'

/** Two replicas on one database, whose tables are empty before each test of the file. */
export async function requestReplicas() {
  const database = await testDatabase()
  const nats = await testNats()
  const one = await testReplica(database, nats)
  const other = await testReplica(database, nats)
  after(async () => {
    for (const each of [one, other, nats, database]) await each[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    await database.db.execute('truncate counters, outbox, inbox, requests')
  })
  return { database, db: database.db, one, other }
}
