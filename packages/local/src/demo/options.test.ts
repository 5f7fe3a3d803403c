import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readLoad } from './options.ts'

describe('the load of the demo', () => {
  it('is none without options: one order along each path', () =>
    assert.equal(readLoad(undefined, undefined), undefined))

  for (const [rate, duration, load] of [
    ['5', '30s', { rate: 5, forMs: 30_000 }],
    ['0.5', '10', { rate: 0.5, forMs: 10_000 }],
    [undefined, '5m', { rate: 1, forMs: 300_000 }],
    ['100', undefined, { rate: 100, forMs: Number.POSITIVE_INFINITY }],
  ] as const)
    it(`--rate ${rate} --for ${duration}`, () => assert.deepEqual(readLoad(rate, duration), load))

  for (const rate of ['0', '101', '', '1e1', 'many'])
    it(`has no rate of ${JSON.stringify(rate)}`, () =>
      assert.throws(() => readLoad(rate, undefined), /^Error: --rate has to be a number from 0.1 to 100/))

  for (const duration of ['0', '', '5 m', '1d', '-1', '0.5s'])
    it(`does not last ${JSON.stringify(duration)}`, () =>
      assert.throws(() => readLoad(undefined, duration), /^Error: --for has to be a time such as 30s/))
})
