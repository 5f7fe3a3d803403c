import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CallRefused, Unreachable } from '@saucery/client/errors'
import { untilAnswered } from './retry.ts'

const refused = (status: number, code = 'code') =>
  new CallRefused(new Response(null, { status }), { code, title: 'No' })

/** Fails with each of these in turn, then answers. */
const after =
  (...failures: Error[]) =>
  async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return 'answer'
  }

describe('a call that is repeated until it is answered', () => {
  it('goes on while the service is away, and reports each failure', async () => {
    const reported: Error[] = []
    const failures = [
      new Unreachable(new Error('gone')),
      refused(503),
      refused(429),
      refused(404, 'event-not-arrived'),
    ]
    const answer = await untilAnswered(
      after(...failures),
      new AbortController().signal,
      (error) => reported.push(error),
      1,
    )
    assert.equal(answer, 'answer')
    assert.deepEqual(reported, failures)
  })

  it('ends when it is refused for good', async () => {
    const reported: Error[] = []
    const { signal } = new AbortController()
    const answer = await untilAnswered(after(refused(404)), signal, (error) => reported.push(error), 1)
    assert.equal(answer, undefined)
    assert.equal(reported.length, 1)
  })

  it('ends when it is stopped, and reports nothing more', async () => {
    const stopping = new AbortController()
    const reported: Error[] = []
    const answer = await untilAnswered(
      after(refused(503), refused(503)),
      stopping.signal,
      (error) => {
        reported.push(error)
        stopping.abort()
      },
      60_000,
    )
    assert.equal(answer, undefined)
    assert.equal(reported.length, 1)
  })
})
