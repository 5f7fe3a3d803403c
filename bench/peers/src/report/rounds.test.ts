import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { PeerFigures } from '../measure/measure-peer.ts'
import { rangeOf, ratioOf } from './rounds.ts'

const rounds = (...figures: (number | undefined)[]) => ({
  name: '',
  title: '',
  less: '',
  rounds: figures.map((sagas): PeerFigures => (sagas === undefined ? {} : { sagas })),
})

it('takes the median and the range of the rounds that have the figure', () => {
  assert.deepEqual(rangeOf([3, undefined, 1, 2, Number.NaN]), { median: 2, least: 1, most: 3 })
  assert.equal(rangeOf([undefined]), undefined)
})

it('compares two peers round by round', () => {
  const slowRounds = rounds(10, 40, 50)
  assert.deepEqual(ratioOf(rounds(20, 20, undefined), slowRounds, 'sagas'), {
    median: 0.5,
    least: 0.5,
    most: 2,
  })
})
