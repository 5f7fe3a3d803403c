import assert from 'node:assert/strict'
import { it } from 'node:test'
import { heldRows } from './held-rows.ts'

const held = (shown: string[], found: string[]) => {
  const { rows, added } = heldRows(shown, found, (item) => item.slice(0, 1))
  return [rows.map(({ item, isGone }) => (isGone ? `(${item})` : item)).join(' '), added]
}

it('keeps the rows of a list in their places, and counts what came', () => {
  assert.deepEqual(held(['a1', 'b1', 'c1'], ['d1', 'c2', 'a1', 'e1']), ['a1 (b1) c2', 2])
  assert.deepEqual(held(['a1'], ['a1']), ['a1', 0])
  assert.deepEqual(held([], ['a1']), ['', 1])
})
