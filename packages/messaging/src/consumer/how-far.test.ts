import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anchorAt, comparesDownTo } from './how-far.ts'

const minute = 60_000
const hour = 60 * minute
const noon = 12 * hour

describe('a comparison', () => {
  it('reaches ten minutes before the newest message when it is the first', () => {
    assert.equal(comparesDownTo({ time: noon }, undefined, 0), noon - 10 * minute)
  })

  it('reaches the time of its anchor, and two minutes more', () => {
    const anchor = anchorAt({ time: noon }, { time: noon + minute }, 5 * minute)
    assert.equal(comparesDownTo({ time: noon + 6 * minute }, anchor, 10 * minute), noon - 2 * minute)
  })

  it('reaches no further though the broker’s clock was set ahead', () => {
    const anchor = anchorAt({ time: noon }, undefined, 0)
    assert.equal(comparesDownTo({ time: noon + 3 * hour }, anchor, minute), noon - 2 * minute)
  })

  it('reaches all that was stored since its anchor though the broker’s clock was set back', () => {
    // A minute after its anchor was stored it was seen in its place; three minutes after that it is gone.
    const anchor = anchorAt({ time: noon }, { time: noon + minute }, 0)
    const setBackTo = noon - 2 * hour
    const newest = { time: setBackTo + 4 * minute }
    assert.equal(comparesDownTo(newest, anchor, 3 * minute), setBackTo - 2 * minute)
  })
})
