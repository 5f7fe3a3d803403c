import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { fitLabels, textWidth } from './labels.ts'

it('shows the labels of an axis within it, and none over another', () => {
  assert.deepEqual(fitLabels([{ x: 0, text: '12:00' }], 0, 100), [{ x: 17, text: '12:00' }])
  const label = fc.record({
    x: fc.integer({ min: 0, max: 600 }),
    text: fc.constantFrom('≤ 1 min', '≤ 30분', '1월 31일'),
  })
  fc.assert(
    fc.property(fc.array(label, { maxLength: 20 }), (labels) => {
      const sorted = labels.sort((a, b) => a.x - b.x)
      const spans = fitLabels(sorted, 0, 600).map(({ x, text }) => [
        x - textWidth(text) / 2,
        x + textWidth(text) / 2,
      ])
      for (const [i, [start = 0, end = 0]] of spans.entries())
        assert.ok(start >= -0.01 && end <= 600.01 && start >= (spans[i - 1]?.[1] ?? -1))
    }),
  )
})
