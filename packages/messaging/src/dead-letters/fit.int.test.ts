import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import type { ReceivedEvent } from '../events/event.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { type Nudged, nudge } from '../testing/counters.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { readDeadLetters } from './reader.ts'

const maxPayload = 2 ** 20

/** As large as the server takes it, with the headers of an event. */
const large = (key: string) => ({ ...nudge(key), data: { by: 1, more: 'x'.repeat(maxPayload - 1200) } })

for (const version of ['2.15.1', '2.10.26'])
  describe(`a dead letter of an extreme message, on NATS ${version}`, () => {
    /** Consumes with a bug while it is there; its error is as long as a dead letter shows it. */
    async function scene() {
      const nats = await testNats({ version })
      const broker = await testBroker(nats.url)
      const bug: { isThere: boolean } = { isThere: true }
      const handled: string[] = []
      const handle = async ({ id }: ReceivedEvent<Nudged>) => {
        if (bug.isThere) throw new Error('x'.repeat(900))
        handled.push(id)
      }
      const consumers = await consume(broker, handle, { maxTries: 1 })
      return {
        broker,
        bug,
        handled,
        consumers,
        async [Symbol.asyncDispose]() {
          await consumers.stop()
          await broker[Symbol.asyncDispose]()
          await nats[Symbol.asyncDispose]()
        },
      }
    }

    it('is stored without its body when it would be larger than the server takes', async () => {
      await using here = await scene()
      const event = large('k')
      await publishEvent(here.broker, event)
      await allAcknowledged(here.broker)
      const [stored, ...others] = await deadLettersIn(here.broker)
      assert.deepEqual([others.length, stored?.data, stored?.header('dead-letter-cut')], [0, '', 'body'])
      assert.equal(stored?.header('ce-id'), event.id)

      const [deadLetter] = (await readDeadLetters(here.broker, { limit: 1 })).deadLetters
      assert.ok(deadLetter, 'no dead letter')
      await assert.rejects(here.consumers.reprocess(deadLetter), /xxx/)
      here.bug.isThere = false
      await here.consumers.reprocess(deadLetter)
      assert.deepEqual(here.handled, [event.id])
      const elsewhere = { ...deadLetter, streamSequence: 7 }
      await assert.rejects(here.consumers.reprocess(elsewhere), /no longer has the message/)
    })

    it('is not retried with another message that has the sequence of its own now', async () => {
      await using here = await scene()
      await publishEvent(here.broker, large('k'))
      await publishEvent(here.broker, nudge('k'))
      await allAcknowledged(here.broker)
      const { deadLetters } = await readDeadLetters(here.broker, { limit: 2 })
      const cut = deadLetters.find(({ isCut }) => isCut)
      assert.ok(cut, 'no dead letter is cut')
      here.bug.isThere = false
      await assert.rejects(here.consumers.reprocess({ ...cut, streamSequence: 2 }), /no longer has/)
      assert.deepEqual(here.handled, [])
    })

    it('is stored without most headers when these are more than a stream stores', async () => {
      await using here = await scene()
      const headers = { 'x-more': 'x'.repeat(64_700) }
      const [small, both] = [nudge('k'), nudge('k')]
      await publishEvent(here.broker, small, { headers, messageId: 'z'.repeat(201) })
      const data = { by: 1, more: 'x'.repeat(maxPayload - 66_000) }
      await publishEvent(here.broker, { ...both, data }, { headers })
      await allAcknowledged(here.broker)
      const { deadLetters } = await readDeadLetters(here.broker, { limit: 2 })
      assert.deepEqual(
        new Map(deadLetters.map(({ eventId, headers }) => [eventId, headers.get('dead-letter-cut')])),
        new Map([
          [small.id, 'headers'],
          [both.id, 'headers'],
        ]),
      )
      here.bug.isThere = false
      for (const deadLetter of deadLetters) await here.consumers.reprocess(deadLetter)
      assert.deepEqual(new Set(here.handled), new Set([small.id, both.id]))
    })

    it('has a shorter subject when a line with its own would be too long', async () => {
      await using here = await scene()
      const event = nudge('k'.repeat(3950))
      await publishEvent(here.broker, event)
      await publishEvent(here.broker, nudge('k'))
      await allAcknowledged(here.broker)
      const cuts = (await deadLettersIn(here.broker)).map(({ header }) => header('dead-letter-cut'))
      assert.deepEqual(new Set(cuts), new Set(['subject', '']))
      const { deadLetters } = await readDeadLetters(here.broker, { limit: 2 })
      here.bug.isThere = false
      for (const deadLetter of deadLetters) await here.consumers.reprocess(deadLetter)
      assert.ok(here.handled.includes(event.id), 'it is not handled')
    })
  })
