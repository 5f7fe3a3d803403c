import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { requestIn } from './drill-fields.ts'

function formOf(values: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(values)) form.set(name, value)
  return form
}

describe('the request of a drill', () => {
  it('has what its kind needs, and nothing else', () => {
    const form = formOf({
      kind: 'handler-throws',
      service: 'payment',
      every: '3',
      percent: '7',
      forSeconds: '20',
    })
    assert.deepEqual(requestIn(form), {
      kind: 'handler-throws',
      service: 'payment',
      every: 3,
      forSeconds: 20,
    })
  })

  it('has the shares of a load, where there are any', () => {
    const load = { kind: 'load', perSecond: '9', forSeconds: '20' }
    assert.deepEqual(requestIn(formOf(load)), { kind: 'load', perSecond: 9, forSeconds: 20 })
    const { mix } = requestIn(formOf({ ...load, delivered: '3', failed: '1' })) as { mix?: object }
    assert.deepEqual(mix, {
      delivered: 3,
      declined: 0,
      'cancelled-at-once': 0,
      'cancelled-on-the-way': 0,
      failed: 1,
    })
  })
})
