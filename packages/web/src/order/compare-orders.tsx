import type { OrderView } from '@saucery/client/schemas'
import { useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { duration } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { Table } from '../ui/table.tsx'
import { usePolled } from '../ui/use-polled.tsx'
import { compareTimelines, comparisonAddress } from './compare.ts'
import { shortId } from './orders.ts'

/** Sets another order's events beside this one's. Which one is in the address, so that it can be shared. */
export function CompareOrders({ order }: { order: OrderView }) {
  const other = route.value.query.get('with')
  return (
    <details class="compare" open={other !== null}>
      <summary>{t.order.compareWith}</summary>
      <ChooseOther key={other} orderId={order.orderId} other={other} />
      {other !== null && <Comparison key={other} order={order} otherId={other} />}
    </details>
  )
}

function ChooseOther({ orderId, other }: { orderId: string; other: string | null }) {
  const [id, setId] = useState(other ?? '')
  return (
    <form
      noValidate
      class="buttons"
      onSubmit={(event) => {
        event.preventDefault()
        if (id.trim() !== '') location.hash = comparisonAddress(orderId, id.trim())
      }}
    >
      <label>
        {t.order.otherId}
        <input value={id} spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
      </label>
      <button type="submit">{t.order.compare}</button>
      {other !== null && <a href={`#/orders/${orderId}`}>{t.order.stopComparing}</a>}
    </form>
  )
}

function Comparison({ order, otherId }: { order: OrderView; otherId: string }) {
  const { found: other, error } = usePolled(
    (signal) => client.get('/orderDashboards/{id}', { path: { id: otherId }, signal }),
    3000,
    [otherId],
  )
  if (!other) return error ? <Failure error={error} /> : <p class="nothing">{t.common.loading}</p>
  const events = compareTimelines(order.timeline, other.timeline)
  if (events.length === 0) return <p class="nothing">{t.order.notPlacedYet}</p>
  return (
    <div class="scroll">
      <Table
        caption={t.order.afterPlaced(order.status, other.status)}
        items={events}
        keyOf={({ event }) => event}
        columns={{
          [t.order.event]: ({ event }) => event,
          [shortId(order.orderId)]: ({ ours }) => textOf(ours),
          [shortId(other.orderId)]: ({ theirs }) => textOf(theirs),
          [t.order.difference]: ({ later }) =>
            later !== undefined && `${later > 0 ? '+' : ''}${duration(later)}`,
        }}
      />
    </div>
  )
}

const textOf = (ms: number | undefined) => (ms === undefined ? '–' : duration(ms))
