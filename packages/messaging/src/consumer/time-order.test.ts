import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsMsg } from 'nats'
import { openTimeOrder } from './time-order.ts'

/** Receives messages, given as the stream, the time, and how many wait behind it; notes those whose turn has come. */
function received(backlogs: Record<string, number>) {
  const order = openTimeOrder()
  const handed: string[] = []
  return {
    handed,
    end: order.end,
    async receive(...messages: string[]) {
      for (const message of messages) {
        const [stream = '', at, redelivered] = message.split(' ')
        const info = { stream, timestampNanos: Number(at), pending: backlogs[stream] ?? 0 }
        void Promise.resolve(order.turnOf({ info, redelivered: redelivered !== undefined } as JsMsg)).then(
          () => handed.push(message),
        )
      }
      await nextTurn()
      await nextTurn()
    },
  }
}

describe('messages of several streams', () => {
  it('wait for a stream with a backlog until it has come to their time', async () => {
    const { receive, handed, end } = received({ A: 5000, B: 5000 })
    await receive('A 1')
    assert.deepEqual(handed, ['A 1'])
    await receive('B 1', 'A 2', 'A 4', 'B 3')
    assert.deepEqual(new Set(handed), new Set(['A 1', 'A 2', 'B 1', 'B 3']))
    await receive('B 9')
    assert.deepEqual(handed.slice(4), ['A 4'])
    await receive('A 10')
    assert.deepEqual(handed.slice(5), ['B 9'])
    end()
  })

  it('do not wait for a stream without a backlog', async () => {
    const { receive, handed } = received({ A: 5000, B: 499 })
    await receive('B 1', 'A 2', 'A 3')
    assert.deepEqual(handed, ['B 1', 'A 2', 'A 3'])
  })

  it('do not wait once the backlog has ended', async () => {
    const backlogs = { A: 5000, B: 5000 }
    const { receive, handed } = received(backlogs)
    await receive('B 1', 'A 3')
    assert.deepEqual(handed, ['B 1'])
    backlogs.B = 0
    await receive('B 2')
    assert.deepEqual(new Set(handed), new Set(['A 3', 'B 1', 'B 2']))
  })

  it('are not held up by one that comes again', async () => {
    const { receive, handed } = received({ A: 5000, B: 5000 })
    await receive('A 5', 'B 5', 'A 1 again', 'B 4 again', 'A 5')
    assert.deepEqual(handed, ['A 5', 'B 5', 'A 1 again', 'B 4 again', 'A 5'])
  })

  it('wait for a stream that begins anew', async () => {
    const { receive, handed, end } = received({ A: 5000, B: 5000 })
    await receive('A 5', 'B 5', 'A 1', 'B 3', 'A 2')
    assert.deepEqual(handed, ['A 5', 'B 5', 'A 1', 'A 2'])
    end()
  })

  it('wait no longer when nothing comes, or at the end', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const { receive, handed, end } = received({ A: 5000, B: 5000 })
      await receive('B 1', 'A 2')
      mock.timers.tick(9999)
      await nextTurn()
      assert.deepEqual(handed, ['B 1'])
      mock.timers.tick(1)
      await nextTurn()
      assert.deepEqual(handed, ['B 1', 'A 2'])
      await receive('B 2', 'A 3')
      assert.deepEqual(handed.slice(2), ['B 2'])
      end()
      await nextTurn()
      assert.deepEqual(handed.slice(3), ['A 3'])
      await receive('A 9')
      assert.deepEqual(handed.slice(4), ['A 9'])
    } finally {
      mock.timers.reset()
    }
  })
})
