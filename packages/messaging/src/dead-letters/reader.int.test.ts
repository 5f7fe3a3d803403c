import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type TestServer, testNats } from '@saucery/servers/testing/servers'
import { headers as newHeaders } from 'nats'
import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, ensureStream } from '../nats/streams.ts'
import { testBroker } from '../testing/servers.ts'
import { readDeadLetter, readDeadLetters } from './reader.ts'

for (const version of ['2.15.1', '2.10.26'])
  describe(`the dead letters of a service, on NATS ${version}`, () => {
    let nats: TestServer
    let broker: Broker & AsyncDisposable
    before(async () => {
      nats = await testNats({ version })
      broker = await testBroker(nats.url, { name: 'counter' })
    })
    beforeEach(async () => {
      await broker.jsm.streams.delete(deadLettersStream.name).catch(() => {})
      await ensureStream(broker.jsm, deadLettersStream, 1)
    })
    after(async () => {
      await broker[Symbol.asyncDispose]()
      await nats[Symbol.asyncDispose]()
    })

    async function store(service: string, times = 1): Promise<void> {
      for (let done = 0; done < times; done += 500)
        await Promise.all(
          Array.from({ length: Math.min(500, times - done) }, () => {
            const headers = newHeaders()
            headers.set('dead-letter-message-id', 'an-id')
            return broker.js.publish(`dead-letters.${service}.nudges.given.k`, '{}', { headers })
          }),
        )
    }

    async function pages(limit: number): Promise<number[][]> {
      const found: number[][] = []
      for (let before: number | undefined; ; ) {
        const { deadLetters, next } = await readDeadLetters(broker, { limit, before })
        found.push(deadLetters.map(({ sequence }) => sequence))
        if (next === undefined) return found
        assert.ok(before === undefined || next < before, 'pages go on')
        before = next
      }
    }

    it('are none if the stream is empty or has only those of other services', async () => {
      assert.deepEqual(await pages(10), [[]])
      await store('other', 3)
      assert.deepEqual(await pages(10), [[]])
    })

    it('come newest first in pages, without those of other services, up to a last page', async () => {
      for (const service of ['other', 'counter', 'counters', 'counter', 'counter', 'other', 'counter'])
        await store(service)
      assert.deepEqual(await pages(2), [
        [7, 5],
        [4, 2],
      ])
      assert.deepEqual(await pages(3), [[7, 5, 4], [2]])
      assert.deepEqual(await pages(4), [[7, 5, 4, 2]])
    })

    it('are all found, many or few', async () => {
      await store('counter', 700)
      for (const limit of [1, 33, 100]) {
        const found = (await pages(limit === 1 ? 100 : limit)).flat()
        assert.deepEqual(
          found,
          Array.from({ length: 700 }, (_, i) => 700 - i),
        )
      }
    })

    it('are found behind thousands of others, although a page scans only some thousands', async () => {
      await store('counter', 2)
      await store('other', 9000)
      await store('counter')
      await store('other', 100)
      const found = await pages(10)
      assert.deepEqual(found.flat(), [9003, 2, 1])
      assert.ok(found.length > 2, `${found.length} pages`)
    })

    it('can be read by sequence, but not those of other services, nor missing ones', async () => {
      await store('counter')
      await store('other')
      await store('counters')
      const deadLetter = await readDeadLetter(broker, 1)
      assert.equal(deadLetter?.subject, 'nudges.given.k')
      assert.equal(deadLetter?.eventId, 'an-id')
      for (const sequence of [2, 3, 4, 2 ** 48])
        assert.equal(await readDeadLetter(broker, sequence), undefined)
    })
  })
