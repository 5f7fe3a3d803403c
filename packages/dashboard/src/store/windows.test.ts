import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type IdRange, openWindows } from './windows.ts'

const milestones = Array.from({ length: 1000 }, (_, i) => String(9999 - 9 * i).padStart(4, '0'))

/** Every window until the range is read, if so many of a thousand orders are found. */
function windowsOf(range: IdRange, foundIn: (window: IdRange) => number, wanted: number): IdRange[] {
  const windows: IdRange[] = []
  const next = openWindows(range, milestones)
  for (let found = 0; found < wanted; ) {
    const window = next(found, wanted)
    if (!window) break
    windows.push(window)
    found += foundIn(window)
  }
  return windows
}

describe('the windows of a list', () => {
  it('lie side by side, from the end of the range to its beginning', () => {
    const id = fc.option(
      fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0')),
      { nil: undefined },
    )
    fc.assert(
      fc.property(id, id, fc.array(fc.nat(40)), (from, to, found) => {
        fc.pre(from === undefined || to === undefined || from < to)
        let reads = 0
        const windows = windowsOf({ from, to }, () => found[reads++] ?? 0, 50)
        assert.equal(windows[0]?.to, to)
        windows.forEach((window, i) => {
          const older = windows[i + 1]
          if (older) assert.ok(older.to !== undefined && older.to === window.from, 'side by side')
          assert.ok(window.from === undefined || window.to === undefined || window.from < window.to)
        })
        assert.ok(windows.length < 60, `${windows.length} windows`)
      }),
    )
  })

  it('are few where nothing is found, and short where much is', () => {
    assert.equal(windowsOf({}, () => 0, 50).length, 4)
    const found = [49]
    assert.equal(windowsOf({}, () => found.shift() ?? 0, 50).length, 17)
    const [first, ...others] = windowsOf({}, () => 60, 50)
    assert.deepEqual([first, others], [{ from: milestones[0], to: undefined }, []])
    const dense = windowsOf({}, () => 25, 50)
    assert.deepEqual(dense[1], { from: milestones[2], to: milestones[0] })
  })
})
