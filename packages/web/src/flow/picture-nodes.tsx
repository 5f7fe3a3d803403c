import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { fillOf, type ServiceHealth } from './flow-health.ts'
import type { FlowNode } from './layout.ts'
import type { EdgeNumbers } from './numbers.ts'
import { type ItemProps, itemAttributes } from './picture-item.ts'

const boxOf = ({ x, y, width, height }: FlowNode) => ({ x: x - width / 2, y: y - height / 2, width, height })

interface StreamProps {
  readonly node: FlowNode
  readonly consumers: readonly EdgeNumbers[]
  readonly onClick: () => void
}

/** A stream, filled by the events that wait in it for one of its consumers. Its edges tell the same in words. */
export function PictureStream({ node, consumers, onClick }: StreamProps) {
  const { name, x, y, height } = node
  const box = boxOf(node)
  const round = { rx: height / 2 }
  const worst = consumers.reduce<EdgeNumbers | undefined>(
    (most, it) => ((it.waiting ?? 0) > (most?.waiting ?? 0) ? it : most),
    undefined,
  )
  const fill = worst && worst.lag !== 'none' ? fillOf(worst.waiting ?? 0) : 0
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its first edge does the same, by the keyboard too
    <g class={`stream lag-${worst?.lag ?? 'none'}`} onClick={onClick}>
      <clipPath id={`stream-${name}`}>
        <rect {...box} {...round} />
      </clipPath>
      <rect class="box" {...box} {...round} />
      <rect class="fill" {...box} width={box.width * fill} clip-path={`url(#stream-${name})`} />
      <text x={x} y={y + 4}>
        {name}
      </text>
    </g>
  )
}

interface ServiceProps extends ItemProps {
  readonly node: FlowNode
  readonly health: ServiceHealth | undefined
  readonly inDrill: boolean
}

const marks = { up: '●', slow: '◐', down: '✕', unknown: '○' } as const

export function PictureService({ node, health, inDrill, ...item }: ServiceProps) {
  const { name, x, y, width, height } = node
  const badge = health?.deadLetters ? count(health.deadLetters) : undefined
  const badgeWidth = 12 + 7 * (badge?.length ?? 0)
  const isLow = height < 44
  return (
    <g
      class={`service-node is-${health?.state ?? 'unseen'}${inDrill ? ' in-drill' : ''}`}
      {...itemAttributes(item)}
    >
      <rect class="box" {...boxOf(node)} rx="8" />
      <text class="name" x={x} y={health ? y - (isLow ? 2 : 3) : y + 5}>
        {name}
      </text>
      {health && (
        <text class="how" x={x} y={y + (isLow ? 12 : 15)}>
          {marks[health.state]} {t.flow.states[health.state]}
        </text>
      )}
      {inDrill && (
        <text class="drill-mark" x={x} y={y - height / 2 - 5}>
          {t.drills.mark}
        </text>
      )}
      {badge && (
        <g class="letters-mark">
          <rect
            x={x + width / 2 - badgeWidth + 6}
            y={y - height / 2 - 8}
            width={badgeWidth}
            height="17"
            rx="8.5"
          />
          <text x={x + width / 2 - badgeWidth / 2 + 6} y={y - height / 2 + 4}>
            {badge}
          </text>
        </g>
      )}
    </g>
  )
}
