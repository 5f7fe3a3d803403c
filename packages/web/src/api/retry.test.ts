import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Refused, Unreachable } from './api.ts'
import { untilAnswered } from './retry.ts'

const refused = (status: number, code = 'code') =>
  new Refused(new Response(null, { status }), { code, title: 'No' })

/** Fails with each of these in turn, and then answers. */
const after =
  (...failures: Error[]) =>
  async () => {
    const failure = failures.shift()
    if (failure) throw failure
    return 'answer'
  }

describe('asking until there is an answer', () => {
  it('goes on while the service is away, and tells so', async () => {
    const told: Error[] = []
    const failures = [new Unreachable('gone'), refused(503), refused(429), refused(404, 'event-not-arrived')]
    const answer = await untilAnswered(
      after(...failures),
      new AbortController().signal,
      (error) => told.push(error),
      1,
    )
    assert.equal(answer, 'answer')
    assert.deepEqual(told, failures)
  })

  it('ends at a refusal that stays', async () => {
    const told: Error[] = []
    const { signal } = new AbortController()
    assert.equal(await untilAnswered(after(refused(404)), signal, (error) => told.push(error), 1), undefined)
    assert.equal(told.length, 1)
  })

  it('ends when the answer is no longer wanted, and says nothing then', async () => {
    const stopping = new AbortController()
    const told: Error[] = []
    const asked = untilAnswered(
      after(refused(503), refused(503)),
      stopping.signal,
      (error) => {
        told.push(error)
        stopping.abort()
      },
      60_000,
    )
    assert.equal(await asked, undefined)
    assert.equal(told.length, 1)
  })
})
