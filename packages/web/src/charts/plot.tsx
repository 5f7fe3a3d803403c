import { useState } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { fitLabels, type Label, textWidth } from './labels.ts'
import { ticksTo } from './ticks.ts'

const height = 150
const bottom = 20
const top = 8
const barGap = 1.5

/** A part of a bar: the values that it spans, and the slot that it is in. */
interface Bar {
  readonly name: string
  readonly slot: number
  readonly from: number
  readonly to: number
}

export interface PlotProps {
  /** In the chart's own units. */
  readonly width: number
  /** The chart in words, for screen readers. */
  readonly label: string
  readonly bars: readonly Bar[]
  /** What each slot holds in words; all slots have the same width. */
  readonly slots: readonly string[]
  /** The texts below the bars; `x` from 0 to 1. */
  readonly labels: readonly Label[]
}

/** Bars over an axis from 0 to at least the largest value. */
export function Plot({ width, label, bars, slots, labels }: PlotProps) {
  const [current, setCurrent] = useState<number | undefined>(undefined)
  const marks = ticksTo(Math.max(0, ...bars.map(({ to }) => to)))
  const end = marks.at(-1) ?? 1
  const left = Math.max(...marks.map((mark) => textWidth(count(mark)))) + 8
  const x = (fraction: number) => left + fraction * (width - left)
  const y = (n: number) => top + (1 - n / end) * (height - bottom - top)
  const slotWidth = (width - left) / Math.max(1, slots.length)
  const placed = labels.map(({ x: at, text }) => ({ x: x(at), text }))
  return (
    <div class="plot">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {current !== undefined && (
          <rect
            class="cursor"
            x={left + current * slotWidth}
            width={slotWidth}
            y={top}
            height={height - bottom - top}
          />
        )}
        {marks.map((mark) => (
          <g key={mark} class="axis">
            <line x1={left} x2={width} y1={y(mark)} y2={y(mark)} />
            <text x={left - 6} y={y(mark) + 4} text-anchor="end">
              {count(mark)}
            </text>
          </g>
        ))}
        {bars.map(({ name, slot, from, to }) => (
          <rect
            key={`${slot} ${name}`}
            class={name}
            x={left + slot * slotWidth + barGap / 2}
            width={Math.max(1, slotWidth - barGap)}
            y={y(to)}
            height={y(from) - y(to)}
          />
        ))}
        {fitLabels(placed, 0, width).map(({ x, text }) => (
          <text key={x} x={x} y={height - 4} text-anchor="middle">
            {text}
          </text>
        ))}
      </svg>
      {slots.length > 0 && <Reader start={left / width} {...{ slots, current, setCurrent }} />}
    </div>
  )
}

interface ReaderProps {
  /** Where the first slot begins, from 0 to 1. */
  readonly start: number
  readonly slots: readonly string[]
  readonly current: number | undefined
  readonly setCurrent: (slot: number | undefined) => void
}

/** Tells the values of the slot under the pointer, or of the one that the arrow keys have chosen. */
function Reader({ start, slots, current, setCurrent }: ReaderProps) {
  const last = slots.length - 1
  const isWithin = (slot: number) => Math.max(0, Math.min(last, slot))
  function onKeyDown(event: KeyboardEvent): void {
    const at = current ?? last
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    setCurrent(isWithin(to))
  }
  const at = `${((isWithin(current ?? 0) + 0.5) / slots.length) * 100}%`
  return (
    <div
      class="reader"
      style={{ left: `${start * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={t.charts.reader}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={current ?? last}
      aria-valuetext={slots[current ?? last]}
      onKeyDown={onKeyDown}
      onFocus={() => setCurrent(current ?? last)}
      onBlur={() => setCurrent(undefined)}
      onPointerMove={({ currentTarget, clientX }) => {
        const box = currentTarget.getBoundingClientRect()
        setCurrent(isWithin(Math.floor(((clientX - box.left) / box.width) * slots.length)))
      }}
      onPointerLeave={() => setCurrent(undefined)}
    >
      {current !== undefined && (
        <span class="reading" style={{ left: at, transform: `translateX(-${at})` }}>
          {slots[isWithin(current)]}
        </span>
      )}
    </div>
  )
}
