import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import type { Event, EventType, ReceivedEvent } from '../events/event.ts'
import { allAcknowledged, consume, deadLettersIn } from '../testing/consumer.ts'
import { Nudged, nudge } from '../testing/counters.ts'
import { eventually } from '../testing/eventually.ts'
import { publishEvent } from '../testing/messages.ts'
import { testBroker } from '../testing/servers.ts'

const Praised: EventType<Nudged> = { ...Nudged, event: 'Praised' as 'Nudged', subject: 'nudges.praised' }
const nudgedTwice: EventType<Nudged> = {
  ...Nudged,
  version: 2,
  read: (_, data) => data as Nudged['data'],
}

const praise = (key: string): Event => ({ ...nudge(key), name: 'Praised', subject: `nudges.praised.${key}` })
const ofVersion2 = { headers: { 'ce-dataschema': 'urn:event:Nudged:2' } }

const subscribing = (version: number, ...events: EventType<Nudged>[]) => ({
  subscriptions: [{ stream: 'NUDGES', publisher: 'nudger', events, version }],
})
const oldVersion = subscribing(1, Nudged)
const newVersion = subscribing(2, nudgedTwice, Praised)

for (const server of ['2.15.1', '2.10.26'])
  describe(`two versions that share a consumer, on NATS ${server}`, { timeout: 120_000 }, () => {
    it('handles each event of a new kind while an old replica runs and restarts', async () => {
      await using nats = await testNats({ version: server })
      await using broker = await testBroker(nats.url)
      await using second = await testBroker(nats.url)
      const handled = { old: [] as string[], new: [] as string[] }
      const by =
        (version: keyof typeof handled) =>
        async ({ id }: ReceivedEvent<Nudged>) =>
          handled[version].push(id)
      const published: string[] = []
      const publish = async (events: readonly Event[], options = {}) => {
        for (const event of events) await publishEvent(broker, event, options)
        published.push(...events.map(({ id }) => id))
      }
      const some = (make: (key: string) => Event) => Array.from({ length: 20 }, (_, i) => make(`k${i}`))

      let old = await consume(broker, by('old'), oldVersion)
      await eventually(() => assert.equal(old.isReady(), true))
      await publish(some(nudge))
      await using released = await consume(second, by('new'), newVersion)
      await eventually(() => assert.equal(released.isReady(), true))
      await publish(some(praise))
      await old.stop()
      old = await consume(broker, by('old'), oldVersion)
      await using _old = old
      await eventually(() => assert.equal(old.isReady(), true))
      await publish(some(praise))
      await publish(some(nudge))
      await publish(some(nudge), ofVersion2)
      const all = () => [...handled.old, ...handled.new]
      // An event may come to the old replica many times.
      await eventually(() => assert.ok(all().length >= published.length), 90_000)
      await allAcknowledged(broker)
      assert.equal(all().length, published.length)
      assert.deepEqual(new Set(all()), new Set(published))
      assert.ok(handled.old.length > 0, 'the old replica handled nothing')
      assert.deepEqual(await deadLettersIn(broker), [])
    })

    it('buries an event that no replica knows after a rollback, and goes on with the others', async () => {
      await using nats = await testNats({ version: server })
      await using broker = await testBroker(nats.url)
      const handled: string[] = []
      const handle = async ({ id }: ReceivedEvent<Nudged>) => handled.push(id)
      const released = await consume(broker, handle, newVersion)
      await eventually(() => assert.equal(released.isReady(), true))
      await released.stop()
      // No more than two wait here at a time.
      const limits = { maxAckPending: 8, maxGivenBack: 3 }
      await using back = await consume(broker, handle, { ...oldVersion, ...limits })
      await eventually(() => assert.equal(back.isReady(), true))
      for (let i = 0; i < 30; i++) await publishEvent(broker, praise(`k${i}`))
      const known = nudge('k')
      await publishEvent(broker, known)
      await allAcknowledged(broker)
      assert.deepEqual(handled, [known.id])
      const tries = (await deadLettersIn(broker)).map(({ header }) => header('dead-letter-tries'))
      assert.equal(tries.length, 30)
      assert.ok(tries.includes('4') && tries.includes('1'), String(tries))
    })
  })
