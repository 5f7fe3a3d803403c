import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { statuses as all, isFinal } from '@saucery/contracts/status'
import { ended, statuses, underway } from './statuses.ts'

describe('the columns', () => {
  it('are all statuses, each once', () => {
    assert.deepEqual(new Set(statuses), new Set(all))
    assert.equal(statuses.length, all.length)
  })

  it('are apart: those that end, and those that do not', () => {
    assert.ok(ended.every(isFinal), 'one that does not end is among those that do')
    assert.ok(!underway.some(isFinal), 'one that ends is among those that do not')
  })
})
