import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServiceState } from '@saucery/client/schemas'
import { deadLettersOf, overdueOf, stateAt } from './health.ts'

const report = (deadLetters: number, ageMs: number, overdue?: { count: number; ageMs: number }) =>
  ({ ageMs, service: 'order', consumers: [], deadLetters, ...(overdue && { overdue }) }) as const
const service = (found?: ReturnType<typeof report>): ServiceState => ({
  service: 'order',
  state: 'down',
  answerMs: 1500,
  ...(found && { report: found }),
})
const received = (...services: ServiceState[]) => ({ services, at: 0 })

describe('the health of the services', () => {
  it('is unknown when the gateway has not told it for a while', () => {
    assert.equal(stateAt({ state: 'up' }, 1000), 'up')
    assert.equal(stateAt({ state: 'up' }, 7000), 'unknown')
  })

  it('counts the dead letters that were reported, and tells when one of the reports is old', () => {
    const both = received(service(report(2, 100)), service(report(3, 200)), service())
    assert.deepEqual(deadLettersOf(both, 1000), { value: 5, isOld: false })
    assert.deepEqual(deadLettersOf(both, 10_000), { value: 5, isOld: true })
    assert.deepEqual(deadLettersOf(received(service(report(2, 60_000))), 0), { value: 2, isOld: true })
  })

  it('has no number that nobody knows', () => {
    assert.equal(deadLettersOf(received(service()), 0), undefined)
    assert.equal(overdueOf(received(service(report(2, 100))), 0), undefined)
  })

  it('adds the ages of a count and of the report that it is in', () => {
    const counted = received(service(), service(report(0, 1000, { count: 4, ageMs: 15_000 })))
    assert.deepEqual(overdueOf(counted, 1000), { value: 4, isOld: false })
    assert.deepEqual(overdueOf(counted, 30_000), { value: 4, isOld: true })
  })
})
