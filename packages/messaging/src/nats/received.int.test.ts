import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsMsg } from 'nats'
import { eventually } from '../testing/eventually.ts'
import { natsWithPowerFailures } from '../testing/power-failure.ts'
import { testBroker } from '../testing/servers.ts'
import { answeringOnItsConnection } from './received.ts'
import { ensureConsumer, ensureStream } from './streams.ts'

const stream = { name: 'LETTERS', subjects: ['letters.>'] }
const consumer = { stream: 'LETTERS', durable: 'reader', filters: ['letters.*'], ackWaitMs: 500 }

const answers: Record<string, (message: JsMsg) => void> = {
  'an acknowledgement': (message) => message.ack(),
  'a negative acknowledgement': (message) => message.nak(60_000),
  'a termination': (message) => message.term('poison'),
  'a sign of progress': (message) => message.working(),
}

describe('a message that was received before the connection was lost', { timeout: 60_000 }, () => {
  for (const [name, answer] of Object.entries(answers))
    it(`settles no other message that has its sequence since: ${name}`, async () => {
      await using nats = await natsWithPowerFailures({ version: '2.10.26' })
      await using broker = await testBroker(nats.url)
      await ensureStream(broker.jsm, stream, 1)
      await ensureConsumer(broker.jsm, { ...consumer, maxAckPending: 10 })
      await nats.takeSnapshot()
      await reconnected()
      await broker.js.publish('letters.a', 'lost')
      const reader = await broker.js.consumers.get('LETTERS', 'reader')
      const next = async () => {
        const message = await reader.next({ expires: 5000 })
        assert.ok(message, 'nothing was delivered')
        return answeringOnItsConnection(broker, message)
      }
      const lost = await next()
      assert.deepEqual([lost.string(), lost.seq], ['lost', 1])

      await nats.losePower([{ messagesOf: 'LETTERS' }])
      await reconnected()
      await broker.js.publish('letters.b', 'later')
      // The consumer was not set back, so its server delivers what has the sequence of the message in flight.
      const later = await next()
      assert.deepEqual([later.string(), later.seq], ['later', 1])
      answer(lost)
      await broker.connection.flush()
      assert.deepEqual(
        [(await reader.info()).num_ack_pending, (await reader.info()).ack_floor.stream_seq],
        [1, 0],
      )
      // It is in flight still: after its own ack wait it comes again, and its own answer counts.
      const again = await next()
      again.ack()
      await broker.connection.flush()
      await eventually(async () => assert.equal((await reader.info()).num_ack_pending, 0))

      async function reconnected(): Promise<void> {
        await eventually(() => assert.equal(broker.isConnected(), true))
        await eventually(() => broker.jsm.getAccountInfo())
      }
    })
})
