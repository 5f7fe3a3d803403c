import assert from 'node:assert/strict'
import { it } from 'node:test'
import { errorIn } from './error-line.ts'

it('takes the text and the cause of a log line of level error, and of no lower one', () => {
  const line = { level: 50, msg: 'stopping failed', error: { message: 'no broker' } }
  assert.equal(errorIn(JSON.stringify(line), false), 'stopping failed: no broker')
  assert.equal(errorIn(JSON.stringify({ ...line, level: 40 }), false), undefined)
})

it('takes of a crash the line that names the error', () => {
  const crash = [
    'file:///srv/main.ts:3',
    "    throw new Error('no luck')",
    '          ^',
    '',
    'Error: no luck',
    '    at main (file:///srv/main.ts:3:9)',
    'Node.js v20.20.2',
  ]
  assert.deepEqual(crash.map((line) => errorIn(line, true)).filter(Boolean), ['Error: no luck'])
  const grey = crash.map((line) => `\u001b[90m${line}\u001b[39m`)
  assert.deepEqual(grey.map((line) => errorIn(line, true)).filter(Boolean), ['Error: no luck'])
})

it('takes nothing from standard output that is not a log line', () => {
  assert.equal(errorIn('{ broken', false), undefined)
  assert.equal(errorIn('Error: as it were', false), undefined)
})
