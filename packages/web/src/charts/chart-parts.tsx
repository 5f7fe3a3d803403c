import { count } from '../ui/format.ts'
import { roomy } from '../ui/screen.ts'
import { ticksTo } from './ticks.ts'

export const height = 150
export const left = 44
const bottom = 20
const top = 8

/** Of a chart's own units; text in it is as large as beside it where there are about as many pixels. */
export const widthNow = () => (roomy.value ? 600 : 360)

/** An axis from 0 on that holds the largest value: the values that are marked, and where one is. */
export function axisTo(largest: number) {
  const marks = ticksTo(largest)
  const end = marks.at(-1) ?? 1
  return { marks, y: (n: number) => top + (1 - n / end) * (height - bottom - top) }
}

export function Axis({
  marks,
  y,
  width,
}: {
  marks: readonly number[]
  y: (n: number) => number
  width: number
}) {
  return marks.map((mark) => (
    <g key={mark} class="axis">
      <line x1={left} x2={width} y1={y(mark)} y2={y(mark)} />
      <text x={left - 6} y={y(mark) + 4} text-anchor="end">
        {count(mark)}
      </text>
    </g>
  ))
}

/** The same as a table, the first of each row being what the others are about. */
export function Numbers({
  columns,
  rows,
}: {
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}) {
  return (
    <details>
      <summary>As a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="The numbers">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...others]) => (
              <tr key={first}>
                <th scope="row">{first}</th>
                {others.map((text, i) => (
                  <td key={columns[i + 1]}>{text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  )
}
