import assert from 'node:assert/strict'
import { it } from 'node:test'
import { inTurn } from './in-turn.ts'

it('prints the first at once, and each other one when those before it are done', () => {
  const printed: string[] = []
  const [first, second, third] = inTurn(3, (line) => printed.push(line))
  assert.ok(first && second && third)
  second.print('second 1')
  first.print('first 1')
  third.print('third 1')
  third.done()
  assert.deepEqual(printed, ['first 1'])
  first.done()
  second.print('second 2')
  assert.deepEqual(printed, ['first 1', 'second 1', 'second 2'])
  second.done()
  assert.deepEqual(printed, ['first 1', 'second 1', 'second 2', 'third 1'])
})
