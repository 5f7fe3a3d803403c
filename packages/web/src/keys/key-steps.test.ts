import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openKeyReader } from './key-steps.ts'

/** What the keys do, a second apart unless it is said otherwise. `^k` is Ctrl-K. */
function actions(keys: readonly string[], { isFree = true, apartMs = 1000 } = {}) {
  const actionOf = openKeyReader()
  const modifiers = { metaKey: false, altKey: false }
  return keys.map((text, i) => {
    const [key = '', ctrlKey] = text.startsWith('^') ? [text.slice(1), true] : [text, false]
    return actionOf({ key, ctrlKey, ...modifiers }, isFree, i * apartMs)
  })
}

describe('keys', () => {
  it('have their actions, alone or one after the other', () => {
    assert.deepEqual(actions(['/', 'j', 'k', '?', 'x']), ['filter', 'next', 'previous', 'help', undefined])
    assert.deepEqual(actions(['g', 'o', 'g', 'd', 'o']), [
      undefined,
      'overdue',
      undefined,
      'deliveries',
      undefined,
    ])
    assert.deepEqual(actions(['g', 'g', 'p']), [undefined, undefined, 'operations'])
    assert.deepEqual(actions(['g', 'o'], { apartMs: 2000 }), [undefined, undefined])
  })

  it('do nothing while somebody types, or with a modifier, but for the one that finds an order', () => {
    assert.deepEqual(actions(['/', 'g', 'o', '^k'], { isFree: false }), [
      undefined,
      undefined,
      undefined,
      'find',
    ])
    assert.deepEqual(actions(['^/', '^j', 'g', '^o']), [undefined, undefined, undefined, undefined])
  })
})
