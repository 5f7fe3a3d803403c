import assert from 'node:assert/strict'
import { afterEach, before, describe, it } from 'node:test'
import { recordSpans } from '../testing/recorded-spans.ts'
import { isTracing, openRelated, traced, traceparentOf } from './spans.ts'

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const [, traceId, spanId] = parent.split('-')

/** Ends a span for work that `parent` led to. */
function related(again?: string, traceparent = parent) {
  const opened = openRelated('work', {}, traceparent, again)
  opened.span.end()
  return traceparentOf(opened.context)
}

describe('a span in a process without an SDK', () => {
  it('is not begun', async () => {
    assert.equal(isTracing(), false)
    assert.equal(await traced('work', {}, async () => 'done'), 'done')
  })
})

describe('a span', () => {
  let recorded: ReturnType<typeof recordSpans>
  before(() => {
    recorded = recordSpans()
  })
  afterEach(() => recorded.forget())

  it('is a child the first time, and has a trace of its own with a link when it happens again', () => {
    related()
    const [child] = recorded.all()
    assert.deepEqual([child?.traceId, child?.parent, child?.links], [traceId, spanId, []])
    recorded.forget()
    related('redelivery')
    const [linked] = recorded.all()
    assert.notEqual(linked?.traceId, traceId)
    assert.deepEqual([linked?.parent, linked?.links], [undefined, [spanId]])
    assert.equal(linked?.attributes['nats.again'], 'redelivery')
  })

  it('is not recorded where the caller is not sampled, the first time and again', () => {
    const unsampled = parent.replace(/01$/, '00')
    for (const again of [undefined, 'redelivery']) {
      const passedOn = related(again, unsampled)
      assert.match(String(passedOn), new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
    }
    assert.deepEqual(recorded.all(), [])
  })

  it('tells of an error its code or name, and nothing of its text', async () => {
    const cause = Object.assign(new Error('key (secret) exists'), { code: '23505' })
    const failures = [new Error('insert secret', { cause }), new RangeError('secret')]
    for (const failure of failures)
      await assert.rejects(
        traced('work', {}, () => Promise.reject(failure)),
        failure,
      )
    const all = recorded.all()
    assert.deepEqual(
      all.map(({ failed, attributes }) => [failed, attributes['error.type']]),
      [
        [true, '23505'],
        [true, 'RangeError'],
      ],
    )
    assert.equal(JSON.stringify(all).includes('secret'), false)
  })
})
