import assert from 'node:assert/strict'
import { it } from 'node:test'
import { limitLines } from './limit-lines.ts'

it('prints a few lines a second, and how many more there were', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const printed: string[] = []
  const print = limitLines((line) => printed.push(line), { most: 2, everyMs: 1_000 })
  for (let i = 1; i <= 314; i++) print(`line ${i}`)
  assert.deepEqual(printed, ['line 1', 'line 2'])
  mock.timers.tick(1_000)
  assert.deepEqual(printed, ['line 1', 'line 2', '… 312 more'])
})

it('says nothing of a quiet second, and prints again after it', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const printed: string[] = []
  const print = limitLines((line) => printed.push(line), { most: 1, everyMs: 1_000 })
  for (const line of ['a', 'b']) {
    print(line)
    mock.timers.tick(1_000)
  }
  assert.deepEqual(printed, ['a', 'b'])
})
