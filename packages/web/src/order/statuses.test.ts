import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isFinal, statuses } from '@saucery/contracts/status'
import { ended, underway } from './statuses.tsx'

describe('the columns', () => {
  it('are all statuses, each once', () => {
    const columns = [...underway, ...ended]
    assert.deepEqual(new Set(columns), new Set(statuses))
    assert.equal(columns.length, statuses.length)
  })

  it('separate the final statuses from the others', () => {
    assert.ok(ended.every(isFinal), 'a column of ended orders has a status that is not final')
    assert.ok(!underway.some(isFinal), 'a column of orders under way has a final status')
  })
})
