import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countingLog } from '../testing/log.ts'
import { watchPublishing } from './publishing-state.ts'

it('a broker that stalls is said to store events again only by those that were sent afterwards', () => {
  const log = countingLog()
  const publishing = watchPublishing('NUDGES', log)
  const before = performance.now()
  publishing.note(before, 1, [new Error('no space left on device')])
  publishing.note(before, 2, [new Error('no space left on device')])
  assert.equal(publishing.state(), 'stalled')
  assert.equal(log.times('broker stores events again'), 0)
  publishing.note(performance.now(), 1, [])
  assert.equal(publishing.state(), 'publishing')
  assert.equal(log.times('broker stores events again'), 1)
})
