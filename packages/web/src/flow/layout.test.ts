import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreographyTable } from '../build/choreography-table.ts'
import { arcsOf } from './arcs.ts'
import { edgesOf, type Way, waysOf } from './edges.ts'
import { type FlowLayout, layOut } from './layout.ts'
import { pointAt, roundedLine } from './line.ts'

const layoutAt = (width: number) => layOut(choreographyTable, edgesOf(choreographyTable), width)

/** Those that the repository begins with. */
const four = choreographyTable.filter(({ service }) =>
  ['order', 'payment', 'delivery', 'dashboard'].includes(service),
)
const edges = edgesOf(four)

describe('the edges of the choreography', () => {
  it('lead from each publisher to its stream, and from there to those who consume its events', () => {
    assert.deepEqual(
      edges.map(({ id }) => id),
      [
        'order → ORDERS',
        'ORDERS → payment',
        'ORDERS → delivery',
        'ORDERS → dashboard',
        'payment → PAYMENTS',
        'PAYMENTS → order',
        'PAYMENTS → delivery',
        'PAYMENTS → dashboard',
        'delivery → DELIVERIES',
        'DELIVERIES → order',
        'DELIVERIES → payment',
        'DELIVERIES → dashboard',
      ],
    )
  })

  it('are those on which an event travels', () => {
    const ways = waysOf(edges)
    const { first, then } = ways.get('OrderPlaced') as Way
    assert.equal(first.id, 'order → ORDERS')
    assert.deepEqual(
      then.map(({ service }) => service),
      ['payment', 'dashboard'],
    )
    assert.equal(ways.size, new Set(four.flatMap(({ publishes }) => publishes)).size)
  })
})

describe('the arcs', () => {
  it('of one side have lanes of their own where they pass the same places', () => {
    const names = layOut(four, edges, 1000).nodes.map(({ name }) => name)
    const lanes = arcsOf(edges, names)
      .filter(({ side }) => side !== 0)
      .map(({ edge, side, lane }) => `${edge.id}: ${side * (lane + 1)}`)
    assert.deepEqual(
      lanes.toSorted((a, b) => (a < b ? -1 : 1)),
      [
        'DELIVERIES → order: 3',
        'DELIVERIES → payment: 2',
        'ORDERS → dashboard: -3',
        'ORDERS → delivery: -1',
        'PAYMENTS → dashboard: -2',
        'PAYMENTS → order: 1',
      ],
    )
  })
})

/** What is beyond the picture, or covers something else. */
function faultsOf({ width, height, nodes, edges }: FlowLayout): string[] {
  const isInside = (x: number, y: number) => x >= 0 && y >= 0 && x <= width && y <= height
  return [
    ...nodes.flatMap(({ name, x, y, width: w, height: h }) =>
      isInside(x - w / 2, y - h / 2) && isInside(x + w / 2, y + h / 2) ? [] : [`${name} is beyond`],
    ),
    ...edges.flatMap(({ id, line }) =>
      line.points.every(({ x, y }) => isInside(x, y)) ? [] : [`${id} is beyond`],
    ),
    ...nodes.flatMap((a, i) =>
      nodes.slice(i + 1).flatMap((b) => {
        const isApart =
          Math.abs(a.x - b.x) >= (a.width + b.width) / 2 + 8 ||
          Math.abs(a.y - b.y) >= (a.height + b.height) / 2 + 8
        return isApart ? [] : [`${a.name} covers ${b.name}`]
      }),
    ),
  ]
}

describe('the layout', () => {
  it('keeps within any width, in a row or in a column', () => {
    for (const width of [280, 300, 360, 700, 719, 720, 1000, 1400, 1760])
      assert.deepEqual(faultsOf(layoutAt(width)), [], `at ${width} px`)
  })

  it('leaves the board its place', () => {
    assert.ok(layoutAt(1380).height <= 190, `${layoutAt(1380).height} px`)
    const { height, nodes } = layoutAt(300)
    assert.ok(height <= 57 * nodes.length, `${height} px`)
    assert.equal(layoutAt(300).width, 300)
  })
})

describe('a rounded line', () => {
  it('is passed from its start to its end, in equal parts of its length', () => {
    const line = roundedLine(
      [
        { x: 0, y: 0 },
        { x: 0, y: 100 },
        { x: 100, y: 100 },
      ],
      10,
    )
    assert.deepEqual(pointAt(line, 0), { x: 0, y: 0 })
    assert.deepEqual(pointAt(line, 1), { x: 100, y: 100 })
    assert.ok(line.length > 180 && line.length < 200, `${line.length}`)
    const { x, y } = pointAt(line, 0.5)
    assert.ok(x > 0 && x < 10 && y > 90 && y < 100, `${x} ${y}`)
  })
})
