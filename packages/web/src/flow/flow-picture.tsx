import { useRef, useState } from 'preact/hooks'
import { calm } from '../ui/screen.ts'
import { drilledServices } from './drilled.ts'
import type { FlowData } from './flow-data.ts'
import type { ServiceHealth } from './flow-health.ts'
import type { FlowLayout } from './layout.ts'
import { edgeText, healthIn, numbersOf, serviceText } from './numbers.ts'
import { PictureEdge } from './picture-edge.tsx'
import type { ItemProps } from './picture-item.ts'
import { PictureService, PictureStream } from './picture-nodes.tsx'

/** What is selected: an edge, by its id, or a service, by its name. */
export type Selected = { readonly kind: 'edge' | 'service'; readonly id: string } | undefined

interface FlowPictureProps {
  readonly flow: FlowData
  readonly layout: FlowLayout
  readonly health: readonly ServiceHealth[] | undefined
  readonly selected: Selected
  readonly onSelect: (selected: Selected) => void
  /** Called with what the pointer or the focus is on. */
  readonly onPoint: (id: string | undefined) => void
  readonly label: string
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }

/** Services, streams and edges, of which the Tab key reaches one, and the arrow keys the others. */
export function FlowPicture(props: FlowPictureProps) {
  const { flow, layout, health, selected, onSelect, onPoint, label } = props
  const svg = useRef<SVGSVGElement>(null)
  const services = layout.nodes.filter(({ isStream }) => !isStream)
  const items = [...services.map(({ name }) => name), ...layout.edges.map(({ id }) => id)]
  const [current, setCurrent] = useState(items[0])
  flow.version.value
  const drilled = drilledServices.value

  function onKeyDown(event: KeyboardEvent): void {
    const step = steps[event.key]
    const item = (event.target as Element).getAttribute('data-item')
    if (item === null) return
    if (event.key === 'Enter' || event.key === ' ') toggle(item)
    else if (step === undefined) return
    else {
      const next = items.at((items.indexOf(item) + step) % items.length)
      svg.current?.querySelector<SVGGElement>(`[data-item="${next}"]`)?.focus()
    }
    event.preventDefault()
  }
  function toggle(id: string): void {
    const kind = services.some(({ name }) => name === id) ? 'service' : 'edge'
    onSelect(selected?.id === id ? undefined : { kind, id })
  }
  const item = (id: string, text: string): ItemProps => ({
    id,
    text,
    isSelected: selected?.id === id,
    isCurrent: current === id,
    onClick: () => toggle(id),
    onFocus() {
      setCurrent(id)
      onPoint(id)
    },
    onPoint,
  })

  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture cannot be a fieldset
    <svg
      ref={svg}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {layout.edges.map((edge) => {
        const numbers = numbersOf(edge, flow, health)
        return (
          <PictureEdge
            key={edge.id}
            edge={edge}
            numbers={numbers}
            withRate={calm.value}
            {...item(edge.id, edgeText(edge, numbers))}
          />
        )
      })}
      {layout.nodes
        .filter(({ isStream }) => isStream)
        .map((node) => {
          const [first, ...consumers] = layout.edges.filter(({ stream }) => stream === node.name)
          return (
            <PictureStream
              key={node.name}
              node={node}
              consumers={consumers.map((edge) => numbersOf(edge, flow, health))}
              onClick={() => first && toggle(first.id)}
            />
          )
        })}
      {services.map((node) => {
        const of = healthIn(health, node.name)
        return (
          <PictureService
            key={node.name}
            node={node}
            health={of}
            inDrill={drilled.has(node.name)}
            {...item(node.name, serviceText(node.name, of, drilled.has(node.name)))}
          />
        )
      })}
    </svg>
  )
}
