import assert from 'node:assert/strict'
import { it } from 'node:test'
import { notOnce } from './effects.ts'

it('names the orders for which an effect did not happen, happened twice, or was not asked for', () => {
  assert.deepEqual(notOnce(['once', 'never', 'twice'], ['twice', 'once', 'twice', 'unknown']), [
    'never',
    'twice',
    'unknown',
  ])
})
