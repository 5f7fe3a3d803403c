import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { ensureConsumer, ensureStream } from '../nats/streams.ts'
import { nudge, nudgesStream } from '../testing/counters.ts'
import { countingLog } from '../testing/log.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import type { PolicyOptions } from './policy.ts'
import { settlePolicy } from './settle.ts'

const notSent = 'outcome of a message not sent to the broker'

/** Settles a message after its connection was closed, and counts the log lines about it. */
async function settleLate({ isStopped, handler }: { isStopped: boolean; handler: () => Promise<unknown> }) {
  await using nats = await testNats()
  await using broker = await testBroker(nats.url)
  await ensureStream(broker.jsm, nudgesStream, 1)
  const consumer = { stream: nudgesStream.name, durable: 'counter', filters: ['nudges.>'] }
  await ensureConsumer(broker.jsm, { ...consumer, ackWaitMs: 1000, maxAckPending: 10 })
  await publishEvent(broker, nudge('k'))
  const message = await (await broker.js.consumers.get(consumer.stream, consumer.durable)).next()
  assert.ok(message, 'no message')
  await broker.connection.close()
  const log = countingLog()
  const stopping = isStopped ? AbortSignal.abort() : new AbortController().signal
  const store = { isDown: () => false }
  const options = { broker, log, stopping, store, isOutage: () => false, maxTries: 8, replicas: 1 }
  await settlePolicy(options as unknown as PolicyOptions)(handler)(message)
  return log.times(notSent)
}

describe('an outcome that a closed connection cannot send is logged', () => {
  it('for a message that arrives after the consumer has stopped', async () => {
    assert.equal(await settleLate({ isStopped: true, handler: () => assert.fail('handled') }), 1)
  })

  it('for a handled message', async () => {
    assert.equal(await settleLate({ isStopped: false, handler: async () => {} }), 1)
  })

  it('for a failed message', async () => {
    assert.equal(await settleLate({ isStopped: false, handler: () => Promise.reject(new Error('no')) }), 1)
  })
})
