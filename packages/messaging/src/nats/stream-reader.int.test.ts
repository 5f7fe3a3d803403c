import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { createInbox, headers as newHeaders } from 'nats'
import { testBroker } from '../testing/servers.ts'
import { readAfter, type StreamMessage, streamEnd, streamStart } from './stream-reader.ts'
import { ensureStream } from './streams.ts'

const spec = { name: 'COUNTERS', subjects: ['counters.*'] }

/** A stream whose second message is one that should not be there. */
async function streamWith(version: string, store: (broker: Broker) => Promise<unknown>) {
  const nats = await testNats({ version })
  const broker = await testBroker(nats.url)
  await ensureStream(broker.jsm, spec, 1)
  await broker.js.publish('counters.a', 'x', { msgID: 'one' })
  await store(broker)
  await broker.js.publish('counters.c', 'x', { msgID: 'three' })
  return {
    broker,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]()
      await nats[Symbol.asyncDispose]()
    },
  }
}

type Broker = Awaited<ReturnType<typeof testBroker>>

const claiming = newHeaders()
for (const [name, value] of [
  ['Nats-Sequence', '1'],
  ['Nats-Sequence', '99'],
  ['Nats-Subject', 'counters.z'],
  ['Nats-Stream', 'OTHERS'],
] as const)
  claiming.append(name, value)

const messages: Record<string, (broker: Broker) => Promise<unknown>> = {
  'that claims another place': ({ js }) => js.publish('counters.b', 'x', { headers: claiming }),
  'with the status “not found”': ({ js }) => js.publish('counters.b', 'x', { headers: newHeaders(404, 'x') }),
  'with the status of a time-out': ({ js }) =>
    js.publish('counters.b', '', { headers: newHeaders(408, 'x') }),
  'with the status “no responders”': ({ js }) =>
    js.publish('counters.b', '', { headers: newHeaders(503, 'x') }),
  // With a reply subject the server stores its own answer there.
  'that is the server’s answer about another': async ({ connection }) => {
    const subject = `$JS.API.DIRECT.GET.${spec.name}`
    connection.publish(subject, JSON.stringify({ seq: 1000 }), { reply: 'counters.b' })
    await connection.request(subject, JSON.stringify({ seq: 1 }))
  },
}

const places = (read: StreamMessage[] | string) =>
  typeof read === 'string' ? read : read.map(({ sequence, key }) => `${sequence} ${key}`)

// 2.15 leaves out a stored message's status, 2.10 sends it as if it were its own.
for (const version of ['2.10.26', '2.15.1'])
  describe(`a stream, read without a consumer from NATS ${version}`, { timeout: 60_000 }, () => {
    for (const [what, store] of Object.entries(messages))
      it(`shows where each message is, also one ${what}`, async () => {
        await using it = await streamWith(version, store)
        const { broker } = it
        await broker.js.publish('counters.d', 'x', { msgID: 'four' })
        const all = ['1 a', '2 b', '3 c', '4 d']
        const read = await readAfter(broker, spec, streamStart, 10)
        assert.deepEqual(places(read), all)
        assert.ok(typeof read !== 'string')
        for (const [i, from] of read.entries())
          assert.deepEqual(places(await readAfter(broker, spec, from, 10)), all.slice(i + 1))
        assert.equal((await streamEnd(broker, spec)).sequence, 4)
      })

    it('has its end where the server says, whatever the last message claims', async () => {
      await using it = await streamWith(version, messages['that claims another place'] as never)
      await it.broker.js.publish('counters.d', 'x', { headers: claiming })
      assert.equal((await streamEnd(it.broker, spec)).sequence, 4)
    })

    it('is an outage while nothing answers for it', async () => {
      await using nats = await testNats({ version })
      await using broker = await testBroker(nats.url)
      await assert.rejects(readAfter(broker, { name: createInbox('X'), subjects: ['x'] }, streamStart, 1))
    })
  })
