import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { allAcknowledged, consume } from '../testing/consumer.ts'
import { nudge } from '../testing/counters.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'
import { openComparison } from './comparison.ts'
import type { HandledState } from './policy.ts'

const hour = 3_600_000
const spec = {
  ...{ stream: 'NUDGES', durable: 'counter', filters: ['nudges.given.*'] },
  ...{ ackWaitMs: 1000, maxAckPending: 1000 },
}

describe('a comparison after the broker’s clock was set back', () => {
  for (const isAnchorGone of [false, true])
    it(`finds what was missed since, its anchor is ${isAnchorGone ? 'gone' : 'there'}`, async (t) => {
      await using nats = await testNats()
      await using broker = await testBroker(nats.url)
      await using _consumers = await consume(broker, async () => {})
      const unhandled = new Set<string>()
      const handledAmong: HandledState['handledAmong'] = async (events) =>
        new Set(events.map(({ eventId }) => eventId).filter((id) => !unhandled.has(id)))
      const state = { handledAmong, deadLetters: { among: async () => new Set() } } as unknown as HandledState
      const { streams } = broker.jsm
      const stopping = new AbortController().signal
      const { compare } = openComparison({ broker, state, stopping }, spec, async () => unhandled.clear())

      for (let i = 0; i < 10; i++) await publishEvent(broker, nudge('k'))
      await allAcknowledged(broker)
      assert.equal((await compare(true))?.missed, 0)
      const events = Array.from({ length: 450 }, () => nudge('k'))
      for (const event of events) await publishEvent(broker, event)
      await allAcknowledged(broker)
      unhandled.add(String(events[5]?.id))
      // The server's clock is this machine's, and it deletes nothing: its answers are as after a step, and a loss.
      const getMessage = streams.getMessage.bind(streams)
      t.mock.method(streams, 'getMessage', async (stream: string, { seq }: { seq: number }) => {
        const message = await getMessage(stream, { seq: seq === 10 && isAnchorGone ? 9 : seq })
        const time = new Date(message.time.getTime() - (seq > 10 ? 2 * hour : 0))
        return Object.create(message, { seq: { value: seq }, time: { value: time } })
      })
      assert.equal((await compare(true))?.missed, 1)
    })
})
