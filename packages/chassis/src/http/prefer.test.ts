import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePrefer } from './prefer.ts'

const cases: [string | undefined, ReturnType<typeof parsePrefer>][] = [
  [undefined, {}],
  ['', {}],
  ['wait=5', { wait: 5 }],
  ['wait=5, handling=strict', { wait: 5, handling: 'strict' }],
  ['handling=strict,wait=5', { wait: 5, handling: 'strict' }],
  ['Wait = "5" ; urgent , HANDLING="Strict"', { wait: 5, handling: 'strict' }],
  ['handling=lenient', { handling: 'lenient' }],
  ['respond-async, wait=10', { respondAsync: true, wait: 10 }],
  ['wait="1\\0"', { wait: 10 }],
  // The first counts.
  ['wait=3, wait=7', { wait: 3 }],
  ['handling=lenient, handling=strict', { handling: 'lenient' }],
  ['wait=x, wait=7', {}],
  // Bounded.
  ['wait=60', { wait: 60 }],
  ['wait=61', { wait: 60 }],
  ['wait=999999999', { wait: 60 }],
  ['wait=0', {}],
  // Malformed or unknown.
  ['wait', {}],
  ['wait=', {}],
  ['wait=-1', {}],
  ['wait=1.5', {}],
  ['wait=1e1', {}],
  ['wait=99999999999999999999', {}],
  ['wait=5 6', {}],
  ['wait="5', {}],
  ['wait==5', {}],
  ['=5', {}],
  [', ,,wait=5,', { wait: 5 }],
  ['handling=strict, wait="5, respond-async', { handling: 'strict' }],
  ['handling="strict, wait=5"', {}],
  ['note="a \\", b", wait=5', { wait: 5 }],
  ['handling=rigid, return=minimal, wait=5', { wait: 5 }],
  ['respond-async=no', {}],
  ['wartet=5', {}],
]

describe('the preferences', () => {
  for (const [header, preferences] of cases)
    it(`in ${header === undefined ? 'no header' : `‘${header}’`} are ${JSON.stringify(preferences)}`, () => {
      assert.deepEqual(parsePrefer(header), preferences)
    })

  it('of several header lines are parsed as one list', () => {
    const lines = new Headers([
      ['prefer', 'wait=5'],
      ['prefer', 'handling=strict'],
    ])
    assert.deepEqual(parsePrefer(lines.get('prefer') ?? ''), { wait: 5, handling: 'strict' })
  })

  it('are parsed in under 100 ms, however they are written', () => {
    for (const part of ['"', '\\', 'a"', 'wait=', ' ', ';', '="\\', '\\"'])
      for (const begin of ['', '"', '" ']) {
        const began = performance.now()
        parsePrefer(begin + part.repeat(16_384 / part.length))
        const took = performance.now() - began
        assert.ok(took < 100, `${begin}${part}: ${took} ms`)
      }
  })
})
