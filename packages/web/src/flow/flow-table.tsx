import { useState } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'
import { Table } from '../ui/table.tsx'
import type { FlowData } from './flow-data.ts'
import type { ServiceHealth } from './flow-health.ts'
import { numbersOf, rateText } from './numbers.ts'
import { flowEdges } from './table.ts'

interface FlowTableProps {
  readonly flow: FlowData
  readonly health: readonly ServiceHealth[] | undefined
}

/** The picture as tables; drawn while they are open. */
export function FlowTable(props: FlowTableProps) {
  const [open, setOpen] = useState(false)
  return (
    <details class="flow-table" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.flow.asTable}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard has to reach what scrolls */}
      <section class="scroll" tabIndex={0} aria-label={t.flow.data}>
        {open && <Tables {...props} />}
      </section>
    </details>
  )
}

function Tables({ flow, health }: FlowTableProps) {
  flow.version.value
  const rows = flowEdges.map((edge) => ({ ...edge, ...numbersOf(edge, flow, health) }))
  return (
    <>
      <Table
        items={rows}
        keyOf={({ id }) => id}
        columns={{
          [t.flow.from]: ({ from }) => from,
          [t.flow.to]: ({ to }) => to,
          [t.flow.rate]: ({ perSecond }) => rateText(perSecond),
          [t.flow.seen]: ({ total }) => count(total),
          ...(health && {
            [t.flow.waits]: ({ waiting }: (typeof rows)[number]) =>
              waiting === undefined ? '' : count(waiting),
          }),
        }}
      />
      {health && (
        <Table
          items={health}
          keyOf={({ service }) => service}
          columns={{
            [t.flow.service]: ({ service }) => service,
            [t.flow.state]: ({ state }) => t.flow.states[state],
            [t.flow.deadLettersName]: ({ deadLetters }) =>
              deadLetters === undefined ? '' : count(deadLetters),
          }}
        />
      )}
    </>
  )
}
