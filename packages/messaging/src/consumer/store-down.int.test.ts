import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { isWritable } from '../inbox/inbox.ts'
import { openDatabase } from '../postgres/database.ts'
import { allAcknowledged, allWait, consume, deadLettersIn } from '../testing/consumer.ts'
import { counts, nudge, raiseOn } from '../testing/counters.ts'
import { blockedWork, eventually } from '../testing/eventually.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testProxy } from '../testing/proxy.ts'
import { testReplica } from '../testing/replica.ts'
import { testBroker, testDatabase } from '../testing/servers.ts'

const total = 1200
const keys = Array.from({ length: total }, (_, i) => `k${i}`)
const everyKey = Object.fromEntries(keys.map((key) => [key, 1]))

const consumeNudges = (replica: Awaited<ReturnType<typeof testReplica>>, options: object = {}) =>
  consume(replica.broker, raiseOn(replica.commit), { isUp: () => isWritable(replica.db), ...options })

async function publishAll(broker: Parameters<typeof publishEvent>[0]): Promise<void> {
  await Promise.all(keys.map((key) => publishEvent(broker, nudge(key))))
}

describe('a replica that does not reach its database', () => {
  it('gives back what it cannot handle, and another replica handles it', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using proxy = await testProxy(database.url)
    const cutOff = openDatabase(proxy.url, 'cut-off', { connections: 5 })
    await using well = await testReplica(database, nats)
    await using lame = await testReplica({ ...database, open: () => cutOff.db }, nats)
    const log = countingLog()
    await using _well = await consumeNudges(well)
    await using _lame = await consumeNudges(lame, { log, maxTries: 1 })
    await allWait(well.broker, 2)
    await proxy[Symbol.asyncDispose]()
    await publishAll(well.broker)
    await allAcknowledged(well.broker)
    assert.deepEqual(await counts(database.db), everyKey)
    assert.equal(log.times('giving messages back'), 1)
    assert.deepEqual(await deadLettersIn(well.broker), [])
    await cutOff.close()
  })

  it('gives back what is on its way to it, too', async () => {
    await using database = await testDatabase()
    await using nats = await testNats()
    await using well = await testReplica(database, nats)
    await using lame = await testReplica(database, nats)
    const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
    await using _lame = await consume(lame.broker, away, { isUp: away, ackWaitMs: 60_000 })
    await allWait(lame.broker, 1)
    await using _well = await consumeNudges(well, { ackWaitMs: 60_000 })
    await publishAll(well.broker)
    // All but what the server had taken for it, and had not sent yet: that waits for `ackWaitMs`.
    await eventually(async () => {
      const handled = Object.keys(await counts(database.db)).length
      assert.ok(handled > 0.95 * total, `${handled} of ${total}`)
    })
  })

  it('loses nothing when it is the only one, and resumes when the database is back', async () => {
    await using database = await testDatabase({ ownServer: true })
    await using nats = await testNats()
    await using replica = await testReplica(database, nats)
    const log = countingLog()
    let probes = 0
    const isUp = () => {
      probes += 1
      return isWritable(replica.db)
    }
    await using consumers = await consumeNudges(replica, { log, isUp, maxTries: 1 })
    await allWait(replica.broker, 1)
    await database.kill()
    await publishAll(replica.broker)
    await eventually(() => assert.equal(log.times('giving messages back'), 1))
    await eventually(() => assert.equal(probes >= 3, true))
    const { delivered } = await infoOf(replica.broker)
    await eventually(() => assert.equal(probes >= 6, true))
    const { num_waiting, num_pending, delivered: later } = await infoOf(replica.broker)
    assert.deepEqual([num_waiting, later.consumer_seq], [0, delivered.consumer_seq])
    assert.ok(num_pending > 0, 'it holds all messages')
    assert.ok(consumers.isReady(), 'ready')
    await database.restart()
    await eventually(() => assert.equal(log.times('store answers again'), 1), 15_000)
    await allAcknowledged(replica.broker)
    assert.deepEqual(await counts(database.db), everyKey)
    assert.deepEqual(await deadLettersIn(replica.broker), [])
  })
})

const infoOf = ({ jsm, name }: Awaited<ReturnType<typeof testBroker>>) => jsm.consumers.info('NUDGES', name)

describe('a replica', () => {
  it('holds no more messages than its share, and another replica has the others', async () => {
    await using nats = await testNats()
    await using one = await testBroker(nats.url)
    await using other = await testBroker(nats.url)
    using work = blockedWork()
    const handled: string[] = []
    let held = 0
    const hold = () => {
      held += 1
      return work.released
    }
    await using _hanging = await consume(one, hold, { maxAckPending: 40 })
    await allWait(one, 1)
    for (const key of keys.slice(0, 55)) await publishEvent(one, nudge(key))
    await eventually(() => assert.equal(held, 20))
    await using _other = await consume(other, async ({ id }) => handled.push(id), { maxAckPending: 40 })
    await eventually(() => assert.equal(handled.length, 35))
    assert.equal(held, 20)
    work.release()
    await allAcknowledged(one)
  })

  it('counts the failures of a message, not the times that it was given back', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    let isDown = true
    let failures = 0
    const away = () => Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
    const handle = () => {
      if (isDown) return Promise.reject(away())
      failures += 1
      return Promise.reject(new Error('no'))
    }
    // The probe is wrong three times: so the message is delivered four times before it fails.
    let probes = 0
    const isUp = async () => {
      probes += 1
      if (probes % 2 === 1 && probes < 8) throw away()
      if (probes >= 8) isDown = false
    }
    await using _consumers = await consume(broker, handle, { isUp, maxTries: 3 })
    await publishEvent(broker, nudge('k'))
    await eventually(async () => assert.equal((await deadLettersIn(broker)).length, 1))
    assert.equal(failures, 3)
  })
})
