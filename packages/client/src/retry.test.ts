import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CallRefused, Unreachable } from './errors.ts'
import { isTransient, onceIfUnanswered, whileBusy, whileTransient } from './retry.ts'

const refused = (status: number, code = 'code', headers = {}) =>
  new CallRefused(new Response(null, { status, headers }), { code, title: 'No' })
const unreachable = new Unreachable(new Error('gone'))

describe('a failure', () => {
  it('is transient when the service is away, busy, or has not consumed the event yet', () => {
    const passing = [
      unreachable,
      refused(500),
      refused(503),
      refused(429),
      refused(404, 'event-not-arrived'),
      refused(409, 'request-in-progress'),
    ]
    assert.deepEqual(passing.map(isTransient), Array(6).fill(true))
    const staying = [refused(404), refused(409), refused(422), refused(401)]
    assert.deepEqual(staying.map(isTransient), Array(4).fill(false))
  })
})

describe('a request that may be lost', () => {
  it('is repeated once and at once, and no other is', () => {
    const lost = [unreachable, refused(502, 'upstream-unavailable'), refused(503, 'upstream-timeout')]
    for (const error of lost) {
      assert.equal(onceIfUnanswered(error, 1, 0), 0)
      assert.equal(onceIfUnanswered(error, 2, 0), undefined)
    }
    for (const error of [refused(503, 'store-unavailable'), refused(422), new TypeError('a bug')])
      assert.equal(onceIfUnanswered(error, 1, 0), undefined)
  })
})

describe('a request that is repeated for a while', () => {
  const retry = whileTransient(1000, 100)
  it('pauses for as long as the service asks, and at least for `pauseMs`', () => {
    assert.equal(retry(unreachable, 1, 0), 100)
    assert.equal(retry(refused(503, 'busy', { 'retry-after': '2' }), 7, 999), 2000)
  })

  it('is given up when time is up or the refusal is final', () => {
    assert.equal(retry(unreachable, 1, 1000), undefined)
    assert.equal(retry(refused(409), 1, 0), undefined)
  })
})

describe('a call that is repeated while the service is busy', () => {
  const retry = whileBusy(10_000)
  const unreadable = new Unreachable(new SyntaxError('no JSON'))

  it('pauses for longer with each try, and for as long as the service asks', () => {
    const pauses = [1, 2, 3, 9].map((attempt) => retry(refused(503), attempt, 0) ?? 0)
    for (const [i, most] of [250, 500, 1000, 4000].entries()) {
      const pauseMs = pauses[i] ?? 0
      assert.ok(pauseMs >= most / 2 && pauseMs <= most, `${pauseMs} of ${most}`)
    }
    assert.equal(retry(refused(429, 'busy', { 'retry-after': '7' }), 1, 0), 7000)
  })

  it('is repeated for 429, 502, 503, a request in progress and no answer, and for nothing else', () => {
    for (const error of [
      refused(429),
      refused(502),
      refused(503),
      refused(409, 'request-in-progress'),
      unreachable,
    ])
      assert.notEqual(retry(error, 1, 0), undefined)
    for (const error of [
      refused(500),
      refused(504),
      refused(409),
      refused(422),
      unreadable,
      new TypeError('a bug'),
    ])
      assert.equal(retry(error, 1, 0), undefined)
  })

  it('is given up when the pause would last beyond its time', () => {
    assert.equal(retry(refused(503, 'busy', { 'retry-after': '3' }), 1, 7500), undefined)
  })
})
