import assert from 'node:assert/strict'
import { it } from 'node:test'
import { markdownTable } from './markdown.ts'

it('pads the cells of each column to its side', () => {
  const rows = [
    ['measured', 'figure'],
    ['orders', '637 /s'],
  ]
  assert.equal(
    markdownTable(['left', 'right'], rows),
    '| measured | figure |\n| -------- | -----: |\n| orders   | 637 /s |\n',
  )
})
