import { count } from '../ui/format.ts'
import type { PlacedEdge } from './layout.ts'
import { pathOf } from './line.ts'
import { type EdgeNumbers, rateText } from './numbers.ts'
import { type ItemProps, itemAttributes } from './picture-item.ts'

/** In pixels: wider by the same for each doubling of the rate. */
const widthOf = (perSecond: number) => Math.min(9, 1.5 + 0.8 * Math.log2(1 + 2 * perSecond))

/** A triangle of this length, which ends at 0. The line ends where it begins. */
const tipOf = (length: number) => `M0 0L${-length} ${-length * 0.65}L${-length} ${length * 0.65}Z`

interface EdgeProps extends ItemProps {
  readonly edge: PlacedEdge
  readonly numbers: EdgeNumbers
  /** As a number, too: where no dots show it. */
  readonly withRate: boolean
}

export function PictureEdge({ edge, numbers, withRate, ...item }: EdgeProps) {
  const { line, label, angle } = edge
  const { perSecond, waiting = 0, lag, isDown } = numbers
  const path = pathOf(line)
  const width = widthOf(perSecond)
  const tip = 7 + width / 2
  const end = line.points.at(-1)
  const texts = [
    ...(withRate && perSecond > 0 ? [rateText(perSecond)] : []),
    ...(lag === 'none' ? [] : [count(waiting)]),
  ]
  return (
    <g class={`edge lag-${lag}${isDown && !edge.isPublishing ? ' stopped' : ''}`} {...itemAttributes(item)}>
      <path class="hit" d={path} />
      <path
        class="way"
        d={path}
        stroke-width={width.toFixed(1)}
        stroke-dasharray={`${line.length - tip} ${tip}`}
      />
      <path class="tip" d={tipOf(tip)} transform={`translate(${end?.x} ${end?.y}) rotate(${angle})`} />
      {texts.length > 0 && <Pill {...label} text={texts.join(' · ')} />}
    </g>
  )
}

function Pill({ x, y, text }: { x: number; y: number; text: string }) {
  const width = 14 + 7 * text.length
  return (
    <g class="pill">
      <rect x={x - width / 2} y={y - 9} width={width} height="18" rx="9" />
      <text x={x} y={y + 4}>
        {text}
      </text>
    </g>
  )
}
