import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { type Nanos, nanos, StorageType } from 'nats'
import { testBroker } from '../testing/servers.ts'
import { ensureConsumer, ensureStream, provisionStream } from './streams.ts'

const spec = { name: 'COUNTERS', subjects: ['counters.>'] }
const consumer = {
  stream: 'COUNTERS',
  durable: 'counter',
  filters: ['counters.raised.*'],
  version: 1,
  ackWaitMs: 1000,
  maxAckPending: 10,
}
const tenMinutes: Nanos = nanos(600_000)

describe('a stream', () => {
  it('is created once by concurrent replicas, on disk, and permits no deletes', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const made = await Promise.all(Array.from({ length: 5 }, () => ensureStream(broker.jsm, spec, 1)))
    const { config, created } = await broker.jsm.streams.info('COUNTERS')
    assert.deepEqual([...new Set(made)], [new Date(created).toISOString()])
    const { storage, duplicate_window, deny_delete, deny_purge, retention } = config
    assert.deepEqual(
      { storage, duplicate_window, deny_delete, deny_purge, retention },
      {
        storage: 'file',
        duplicate_window: tenMinutes,
        deny_delete: true,
        deny_purge: true,
        retention: 'limits',
      },
    )
  })

  it('is left as it is by a service, and updated by the provisioner', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await broker.jsm.streams.add({ ...spec, subjects: ['other.>'], duplicate_window: nanos(1000) })
    await ensureStream(broker.jsm, spec, 1)
    const { config: left } = await broker.jsm.streams.info('COUNTERS')
    assert.deepEqual([left.subjects, left.duplicate_window], [['other.>'], nanos(1000)])
    await provisionStream(broker.jsm, spec, 1)
    await provisionStream(broker.jsm, spec, 1)
    const { config: changed } = await broker.jsm.streams.info('COUNTERS')
    assert.deepEqual([changed.subjects, changed.duplicate_window], [['counters.>'], tenMinutes])
    assert.equal(changed.deny_delete, true)
  })

  it('is named in the error when something of it cannot be changed', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await broker.jsm.streams.add({ ...spec, storage: StorageType.Memory })
    await assert.rejects(
      provisionStream(broker.jsm, spec, 1),
      /^Error: stream COUNTERS cannot be changed .*storage/,
    )
  })

  it('is refused when another stream has its subjects', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await broker.jsm.streams.add({ name: 'THIEF', subjects: ['counters.raised.*'] })
    await assert.rejects(ensureStream(broker.jsm, spec, 1), /subjects overlap/)
  })
})

describe('a consumer', () => {
  it('is created once by concurrent replicas, and updated when its configuration changes', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await ensureStream(broker.jsm, spec, 1)
    await Promise.all(Array.from({ length: 5 }, () => ensureConsumer(broker.jsm, consumer)))
    await ensureConsumer(broker.jsm, {
      ...consumer,
      ackWaitMs: 2000,
      filters: ['counters.a.*', 'counters.b.*'],
    })
    const { config } = await broker.jsm.consumers.info('COUNTERS', 'counter')
    assert.equal(config.ack_wait, nanos(2000))
    assert.deepEqual(config.filter_subjects, ['counters.a.*', 'counters.b.*'])
    assert.equal(config.max_deliver, -1)
    await ensureConsumer(broker.jsm, consumer)
    const { config: back } = await broker.jsm.consumers.info('COUNTERS', 'counter')
    assert.equal(back.filter_subject ?? back.filter_subjects?.join(), 'counters.raised.*')
  })
})

for (const version of ['2.15.1', '2.10.26'])
  describe(`a consumer that several versions share, on NATS ${version}`, () => {
    const raised = 'counters.raised.*'
    const lowered = 'counters.lowered.*'
    const reset = 'counters.reset.*'

    /** The filters after these versions, each with its filters, have started one after another. */
    async function filtersAfter(...starts: readonly (readonly [version: number, ...filters: string[]])[]) {
      await using nats = await testNats({ version })
      await using broker = await testBroker(nats.url)
      await ensureStream(broker.jsm, spec, 1)
      for (const [of, ...filters] of starts)
        await ensureConsumer(broker.jsm, { ...consumer, filters, version: of })
      const { config } = await broker.jsm.consumers.info('COUNTERS', 'counter')
      return [config.filter_subject ?? config.filter_subjects ?? []].flat()
    }

    it('keeps the filters of a newer version when an older replica restarts', async () => {
      assert.deepEqual(await filtersAfter([1, raised], [2, raised, lowered], [1, raised]), [raised, lowered])
      const several = [1, raised, reset] as const
      assert.deepEqual(await filtersAfter(several, [2, raised, reset, lowered], several), [
        raised,
        reset,
        lowered,
      ])
    })

    it('loses a filter by a newer version only, and gets it back when that is rolled back', async () => {
      assert.deepEqual(await filtersAfter([1, raised, reset], [2, raised]), [raised])
      assert.deepEqual(await filtersAfter([1, raised, reset], [2, raised], [1, raised, reset]), [
        raised,
        reset,
      ])
      assert.deepEqual(await filtersAfter([1, raised, reset], [2, raised], [1, raised, reset], [2, raised]), [
        raised,
      ])
    })

    it('takes over a consumer without a version', async () => {
      assert.deepEqual(await filtersAfter([0, raised, reset], [1, raised]), [raised])
    })
  })
