import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newTraceparent, traceparentOrNew } from './trace-context.ts'

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const traceId = (traceparent: string) => traceparent.split('-')[1]

describe('a trace that nobody records', () => {
  it('goes on as it came', () => {
    assert.equal(traceparentOrNew(parent), parent)
    assert.equal(traceparentOrNew(parent.replace(/01$/, '00')), parent.replace(/01$/, '00'))
  })

  it('starts when there is none, or an invalid one', () => {
    const none = [
      '',
      'nonsense',
      parent.toUpperCase(),
      `${parent}-more`,
      parent.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
      parent.replace('00f067aa0ba902b7', '0'.repeat(16)),
    ]
    for (const wrong of none) {
      const begun = traceparentOrNew(wrong)
      assert.match(begun, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      assert.notEqual(traceId(begun), traceId(parent))
    }
  })

  it('has a new id each time', () => {
    assert.notEqual(traceId(newTraceparent()), traceId(newTraceparent()))
  })
})
