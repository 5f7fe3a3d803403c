import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { durationsOf } from '@saucery/contracts/statistics'
import { statisticsOf } from './statistics.ts'
import { placedTimeLength, type StatisticsQuery, statisticsKey, statisticsQuery } from './statistics-query.ts'

const at = (time: string) => Date.parse(`2026-01-31T${time}Z`)
const query = { since: at('12:00:30'), until: at('12:06:30'), stepMs: 120_000 }

describe('the statistics', () => {
  it('count orders by status, and in the step in which they were placed', () => {
    const { byStatus, steps } = statisticsOf(
      query,
      [
        { time: '2026-01-31T12:00', status: 'DELIVERED', count: 3 },
        { time: '2026-01-31T12:01', status: 'FAILED', count: 1 },
        { time: '2026-01-31T12:03', status: 'PAID', count: 2 },
        { time: '', status: 'CANCELLING', count: 1 },
      ],
      [],
    )
    assert.deepEqual(
      Object.entries(byStatus).filter(([, count]) => count > 0),
      [
        ['DELIVERED', 3],
        ['FAILED', 1],
        ['CANCELLING', 1],
        ['PAID', 2],
      ],
    )
    assert.deepEqual(
      steps.map(({ time, placed, delivered, failed }) => [time.slice(11, 19), placed, delivered, failed]),
      [
        ['12:00:30', 4, 3, 1],
        ['12:02:30', 2, 0, 0],
        ['12:04:30', 0, 0, 0],
      ],
    )
  })

  it('count by the hour where steps are whole hours', () => {
    const hours = { since: at('00:00:00'), until: at('23:00:00'), stepMs: 2 * 3_600_000 }
    assert.deepEqual([placedTimeLength(hours), placedTimeLength(query)], [13, 16])
    const { steps } = statisticsOf(hours, [{ time: '2026-01-31T13', status: 'PAID', count: 2 }], [])
    assert.deepEqual(
      steps.filter(({ placed }) => placed > 0).map(({ time, placed }) => [time, placed]),
      [['2026-01-31T12:00:00.000Z', 2]],
    )
  })

  it('leave no order out that was placed a moment after its id was made', () => {
    const minutes = { since: at('12:00:00'), until: at('12:02:00'), stepMs: 60_000 }
    const { steps } = statisticsOf(minutes, [{ time: '2026-01-31T12:02', status: 'PAID', count: 1 }], [])
    assert.deepEqual(
      steps.map(({ placed }) => placed),
      [0, 1],
    )
  })

  it('measure deliveries by percentiles of the nearest rank', () => {
    const times = Array.from({ length: 100 }, (_, i) => (100 - i) * 1000)
    const { count, p50Ms, p90Ms, p99Ms, histogram } = durationsOf([...times, 10 ** 9])
    assert.deepEqual([count, p50Ms, p90Ms, p99Ms], [101, 51_000, 91_000, 100_000])
    assert.deepEqual(
      histogram.filter((bucket) => bucket.count > 0),
      [
        { upToMs: 1000, count: 1 },
        { upToMs: 2000, count: 1 },
        { upToMs: 5000, count: 3 },
        { upToMs: 10_000, count: 5 },
        { upToMs: 30_000, count: 20 },
        { upToMs: 60_000, count: 30 },
        { upToMs: 300_000, count: 40 },
        { upToMs: null, count: 1 },
      ],
    )
  })

  it('have no percentiles where there are no durations', () => {
    const { p50Ms, p99Ms, count } = durationsOf([])
    assert.deepEqual([p50Ms, p99Ms, count], [null, null, 0])
  })
})

describe('the query of statistics', () => {
  const now = at('13:00:00')

  it('is the last hour, by the minute', () => {
    const query = { since: at('12:00:00'), until: now, stepMs: 60_000, branchId: undefined }
    assert.deepEqual(statisticsQuery({}, now), query)
  })

  it('has longer steps for a long period: whole hours where they are longer than one', () => {
    const stepMs = (since: string) => {
      const query = statisticsQuery({ since, until: '2026-01-31T00:00:00Z' }, now)
      return 'stepMs' in query && query.stepMs
    }
    assert.equal(stepMs('2026-01-21T00:00:00Z'), 29 * 60_000)
    assert.equal(stepMs('2026-01-01T00:00:00Z'), 2 * 3_600_000)
  })

  const keyOf = (parameters: Parameters<typeof statisticsKey>[0], at = now) =>
    statisticsKey(parameters, statisticsQuery(parameters, at) as StatisticsQuery)
  const period = { since: '2026-01-31T10:00:00Z', until: '2026-01-31T12:00:00Z' }

  for (const [title, ...spellings] of [
    [
      'the form of its times',
      period,
      { since: '2026-01-31T10:00:00.000Z', until: '2026-01-31T13:00:00+01:00' },
    ],
    [
      'the moment',
      { ...period, since: '2026-01-31T10:00:00.001Z' },
      { ...period, since: '2026-01-31T10:00:59Z' },
    ],
    [
      'the moment an hour before which it begins',
      { until: period.until },
      { until: '2026-01-31T11:59:00.001Z' },
    ],
    ['a default that is given', period, { ...period, stepMs: 60_000 }],
    ['the order of its parameters', period, { until: period.until, since: period.since }],
  ] as const)
    it(`is the same whatever ${title}`, () => {
      assert.equal(new Set(spellings.map((parameters) => keyOf(parameters))).size, 1)
    })

  it('is another with another period, step or branch', () => {
    const others = [
      { ...period, since: '2026-01-31T10:01:00Z' },
      { ...period, until: '2026-01-31T12:01:00Z' },
      { ...period, stepMs: 120_000 },
      { ...period, branchId: '1' },
      { since: period.since },
      {},
    ]
    assert.equal(new Set([period, ...others].map((parameters) => keyOf(parameters))).size, 7)
  })

  it('until now is the same a moment later', () => {
    for (const parameters of [{}, { since: period.since }])
      assert.equal(keyOf(parameters), keyOf(parameters, now + 12_345))
  })

  it('contains all of the period that was asked for', () => {
    const asked = { since: '2026-01-31T10:00:00.999Z', until: '2026-01-31T10:00:01.001Z' }
    const { since, until } = statisticsQuery(asked, now) as StatisticsQuery
    assert.deepEqual([since, until], [at('10:00:00'), at('10:00:02')])
  })

  for (const [parameters, parameter] of [
    [{ since: '2026-01-31T13:00:01Z' }, 'since'],
    [{ since: '2026-01-01T00:00:00Z', stepMs: 60_000 }, 'stepMs'],
  ] as const)
    it(`is not valid: ${JSON.stringify(parameters)}`, () => {
      const refused = statisticsQuery(parameters, now)
      assert.ok('parameter' in refused && refused.parameter === parameter)
    })
})
