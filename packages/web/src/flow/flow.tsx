import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { audience, client, may } from '../api/client.ts'
import { serviceRows } from '../order/choreography.ts'
import { t } from '../texts/texts.ts'
import { calm } from '../ui/screen.ts'
import { isCollapsed } from './collapsed.ts'
import { drilledServices } from './drilled.ts'
import { type FlowData, openFlow } from './flow-data.ts'
import { FlowDots } from './flow-dots.tsx'
import { FlowHead } from './flow-head.tsx'
import { EdgePanel, ServicePanel } from './flow-panel.tsx'
import { FlowPicture, type Selected } from './flow-picture.tsx'
import { FlowTable } from './flow-table.tsx'
import { knownHealth } from './known-health.ts'
import { layOut } from './layout.ts'
import { edgeText, healthIn, numbersOf, serviceText } from './numbers.ts'
import { flowEdges } from './table.ts'
import { useWidth } from './use-width.ts'

/** The choreography with the events that pass now. */
export const Flow = () => (
  <section class="flow" aria-labelledby="flow-title">
    {isCollapsed.value ? <FlowHead /> : <LiveFlow key={audience.value} />}
  </section>
)

function LiveFlow() {
  const flow = useMemo(() => openFlow(client, audience.peek(), flowEdges), [])
  useEffect(() => flow.close, [flow])
  const [selected, setSelected] = useState<Selected>(undefined)
  const [pointed, setPointed] = useState<string | undefined>(undefined)
  const body = useRef<HTMLDivElement>(null)
  const picture = useRef<HTMLDivElement>(null)
  const width = useWidth(picture, [selected === undefined])
  const layout = useMemo(() => layOut(serviceRows, flowEdges, width), [width])
  const health = knownHealth.value

  function close(): void {
    const item = body.current?.querySelector<SVGGElement>(`[data-item="${selected?.id}"]`)
    setSelected(undefined)
    item?.focus({ preventScroll: true })
  }
  const panel = { flow, health, onClose: close }
  const edge = flowEdges.find(({ id }) => id === selected?.id)
  return (
    <>
      <FlowHead flow={flow} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only what bubbles up from its buttons and links */}
      <div
        ref={body}
        class={selected ? 'flow-body with-panel' : 'flow-body'}
        onKeyDown={({ key }) => {
          if (key === 'Escape' && selected) close()
        }}
      >
        <div class="flow-picture" ref={picture}>
          {width > 0 && (
            <FlowPicture
              flow={flow}
              layout={layout}
              health={health}
              selected={selected}
              onSelect={setSelected}
              onPoint={setPointed}
              label={t.flow.label}
            />
          )}
          {width > 0 && !calm.value && <FlowDots flow={flow} layout={layout} />}
        </div>
        {edge && <EdgePanel key={edge.id} edge={edge} {...panel} />}
        {selected?.kind === 'service' && <ServicePanel service={selected.id} {...panel} />}
      </div>
      <div class="flow-foot">
        {flow.hasOrders.value === false && pointed === undefined ? (
          <Introduction />
        ) : (
          <Note flow={flow} health={health} pointed={pointed} />
        )}
        <FlowTable flow={flow} health={health} />
      </div>
    </>
  )
}

interface NoteProps {
  readonly flow: FlowData
  readonly health: typeof knownHealth.value
  /** What the pointer or the focus is on. */
  readonly pointed: string | undefined
}

/** That in words, or what dots, widths and colours mean. */
function Note({ flow, health, pointed }: NoteProps) {
  if (pointed !== undefined) flow.version.value
  const edge = flowEdges.find(({ id }) => id === pointed)
  const moving = calm.value ? t.flow.legend.numbers : t.flow.legend.dots
  const legend = [moving, t.flow.legend.width, health ? t.flow.legend.lag : t.flow.legend.noLag].join(' · ')
  if (pointed === undefined) return <p class="flow-note">{legend}</p>
  return (
    <p class="flow-note" aria-hidden="true">
      {edge
        ? edgeText(edge, numbersOf(edge, flow, health))
        : serviceText(pointed, healthIn(health, pointed), drilledServices.value.has(pointed))}
    </p>
  )
}

/** What the picture is of, as long as nothing moves in it. It has the place of the note, so that nothing below moves. */
const Introduction = () => (
  <p class="flow-note">
    {t.flow.introduction.join(' ')} {may('place-orders') && <b>{t.flow.begin}</b>}
  </p>
)
