import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServiceState } from '@saucery/client/schemas'
import { findingsOf, type Seen } from './findings.ts'

const operator = { signIn: 'on', subject: 'kim', role: 'operator', may: ['operate'] } as const
const healthy: Seen = {
  url: 'https://saucery.example',
  node: '20.19.0',
  me: operator,
  clockMs: 300,
  overview: { services: [] },
  drills: undefined,
}
const report = { ageMs: 1, service: 'order', consumers: [], deadLetters: 0 }
const consumer = { stream: 'ORDERS', durable: 'order', pending: 0, ackPending: 0, redelivered: 0 }
const order: ServiceState = { service: 'order', state: 'up', answerMs: 5 }

const found = (change: Partial<Seen>) => findingsOf({ ...healthy, ...change }).map(({ what }) => what)
const foundIn = (change: Partial<ServiceState>) =>
  found({ overview: { services: [{ ...order, ...change }] } })

describe('the doctor', () => {
  it('finds nothing where all is well', () => {
    assert.deepEqual(found({}), [])
    assert.deepEqual(foundIn({ report: { ...report, consumers: [consumer] } }), [])
  })

  it('finds an old Node, a sign-in that is off, a caller who may see nothing, and a clock that differs', () => {
    assert.match(String(found({ node: '20.18.1' })), /older than 20\.19/)
    const off = { signIn: 'off', role: 'operator', may: ['operate'] } as const
    assert.match(String(found({ me: off })), /everyone who reaches this address/)
    assert.deepEqual(found({ me: off, url: 'http://localhost:8088' }), [])
    assert.deepEqual(found({ me: { refused: 'Sign in' } }), ['Sign in'])
    assert.match(String(found({ me: { ...operator, may: [] } })), /no operator/)
    assert.match(String(found({ clockMs: -5000 })), /differs .* by -5\.0 s/)
  })

  it('finds what is down, behind, stalled, dead or overdue in a service', () => {
    assert.match(String(foundIn({ state: 'down', reason: 'gone' })), /order is down: gone/)
    const lag = { ageMs: 1, readBy: 'order', consumers: [{ ...consumer, pending: 5000 }] }
    assert.match(String(foundIn({ lag })), /5000 events wait for order/)
    const reported = (change: object) => foundIn({ report: { ...report, consumers: [consumer], ...change } })
    assert.match(
      String(reported({ outbox: { unpublished: 3, oldestMs: 60_000 } })),
      /cannot publish: 3 events/,
    )
    assert.match(String(reported({ outbox: { unpublished: 1, oldestMs: -60_000 } })), /from the future/)
    assert.match(String(reported({ deadLetters: 2 })), /2 dead letters/)
    assert.match(String(reported({ overdue: { count: 4, ageMs: 1 } })), /4 orders are overdue/)
    assert.match(String(reported({ consumers: [] })), /no consumer/)
  })

  it('says what to do about each', () => {
    const all = findingsOf({ ...healthy, node: '18.0.0', me: { refused: 'Sign in' }, clockMs: 9000 })
    assert.equal(all.length, 3)
    for (const { todo } of all) assert.ok(todo.length > 5)
  })
})
