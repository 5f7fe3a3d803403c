import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { eventually } from '../testing/eventually.ts'
import { testBroker } from '../testing/servers.ts'
import { drainPull, OneSocketTransport, privateParts, pullParts, receivedBy } from './driver.ts'
import { ensureConsumer, ensureStream } from './streams.ts'

describe('the private parts of nats.js', () => {
  it('are there: the options of a connection', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const { options } = privateParts(broker.connection)
    assert.equal(options.name, 'counter')
    assert.equal(options.ignoreAuthErrorAbort, true)
  })

  it('are there: the transport of a connection', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    const { transport } = privateParts(broker.connection).protocol
    assert.ok(transport instanceof OneSocketTransport, 'the client uses its own transport')
    assert.deepEqual([transport.done, transport.socket.destroyed], [false, false])
    await broker.close()
    assert.deepEqual([transport.done, transport.socket.destroyed], [true, true])
  })

  it('are there: the subscription of a pull', async () => {
    await using nats = await testNats()
    await using broker = await testBroker(nats.url)
    await ensureStream(broker.jsm, { name: 'COUNTERS', subjects: ['counters.>'] }, 1)
    const spec = { stream: 'COUNTERS', durable: 'counter', filters: ['counters.>'] }
    await ensureConsumer(broker.jsm, { ...spec, ackWaitMs: 1000, maxAckPending: 10 })
    const consumer = await broker.js.consumers.get('COUNTERS', 'counter')
    const pull = await consumer.consume({ callback: () => {}, idle_heartbeat: 500, expires: 1000 })
    const { sub } = pullParts(pull)
    assert.deepEqual([typeof sub.drain, typeof sub.isClosed], ['function', 'function'])
    await eventually(() => assert.equal(receivedBy(pull) > 0, true))
    assert.equal(drainPull(pull), true)
    await pull.closed()
    assert.equal(drainPull(pull), false)
  })
})
