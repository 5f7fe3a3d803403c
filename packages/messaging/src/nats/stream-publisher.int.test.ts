import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testNats } from '@saucery/servers/testing/servers'
import { connect, DiscardPolicy, ErrorCode, headers } from 'nats'
import { openStreamPublisher } from './stream-publisher.ts'

const nats = await testNats()
const connection = await connect({ servers: nats.url })
const jsm = await connection.jetstreamManager()
await jsm.streams.add({ name: 'KEPT', subjects: ['kept.>'] })
await jsm.streams.add({ name: 'FULL', subjects: ['full.>'], max_msgs: 1, discard: DiscardPolicy.New })
const publish = openStreamPublisher(connection, 'test', 300)
after(async () => {
  await connection.close()
  await nats[Symbol.asyncDispose]()
})

const data = new TextEncoder().encode('{}')
function named(id: string) {
  const all = headers()
  all.set('Nats-Msg-Id', id)
  return all
}

describe('a message that is published', () => {
  it('resolves with its place in the stream, and whether it was there before', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => `id ${i}`)
    const stored = await Promise.all(ids.map((id) => publish('kept.a', data, named(id))))
    assert.deepEqual(
      stored,
      ids.map((_, i) => ({ stream: 'KEPT', seq: i + 1, duplicate: false })),
    )
    assert.deepEqual(await publish('kept.b', data, named('id 7')), {
      stream: 'KEPT',
      seq: 8,
      duplicate: true,
    })
  })

  it('rejects when no stream takes it', async () => {
    await assert.rejects(publish('lost.a', data, headers()), { code: ErrorCode.NoResponders })
  })

  it('rejects with the reason when its stream refuses it', async () => {
    await publish('full.a', data, headers())
    await assert.rejects(
      publish('full.b', data, headers()),
      (error: { api_error?: { description: string } }) =>
        /maximum messages/.test(error.api_error?.description ?? ''),
    )
  })

  it('rejects when nobody acknowledges it in time, however many wait', async () => {
    const silent = connection.subscribe('silent.>')
    const began = performance.now()
    const first = Array.from({ length: 20 }, () => publish('silent.a', data, headers()))
    await new Promise((resolve) => setTimeout(resolve, 150))
    const second = publish('silent.b', data, headers())
    for (const one of first) await assert.rejects(one, { code: ErrorCode.Timeout })
    await publish('kept.c', data, headers())
    await assert.rejects(second, { code: ErrorCode.Timeout })
    assert.ok(performance.now() - began >= 440)
    silent.unsubscribe()
  })

  it('rejects when its connection is closed', async () => {
    const closing = await connect({ servers: nats.url })
    const publishThere = openStreamPublisher(closing, 'test', 60_000)
    connection.subscribe('mute.>')
    await connection.flush()
    const waiting = publishThere('mute.a', data, headers())
    await closing.flush()
    await Promise.all([assert.rejects(waiting, { code: ErrorCode.Timeout }), closing.close()])
    await assert.rejects(publishThere('kept.a', data, headers()), { code: ErrorCode.ConnectionClosed })
  })
})
