import type { OrderView } from '@saucery/client/schemas'
import { useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { duration } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useAction } from '../ui/use-action.ts'
import { compareTimelines } from './compare.ts'
import { shortId } from './orders.ts'

/** Sets another order's events beside this one's. */
export function CompareOrders({ order }: { order: OrderView }) {
  const [id, setId] = useState('')
  const [other, setOther] = useState<OrderView | undefined>(undefined)
  const { busy, error, act } = useAction()
  const read = () =>
    act(async () => {
      setOther(undefined)
      setOther(await client.get('/orderDashboards/{id}', { path: { id: id.trim() } }))
    })
  return (
    <details class="compare">
      <summary>Compare with another order</summary>
      <form
        noValidate
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault()
          if (id.trim() !== '') void read()
        }}
      >
        <label>
          Id of the other order
          <input value={id} spellcheck={false} onInput={(event) => setId(event.currentTarget.value)} />
        </label>
        <button type="submit" aria-disabled={busy}>
          Compare
        </button>
      </form>
      <Failure error={error} />
      {other && <Comparison order={order} other={other} />}
    </details>
  )
}

function Comparison({ order, other }: { order: OrderView; other: OrderView }) {
  const events = compareTimelines(order.timeline, other.timeline)
  if (events.length === 0) return <p class="nothing">OrderPlaced of one of them has not been received yet.</p>
  return (
    <div class="scroll">
      <Table
        caption={`Time after OrderPlaced: ${order.status} and ${other.status}`}
        items={events}
        keyOf={({ event }) => event}
        columns={{
          Event: ({ event }) => event,
          [shortId(order.orderId)]: ({ ours }) => textOf(ours),
          [shortId(other.orderId)]: ({ theirs }) => textOf(theirs),
          Difference: ({ later }) => later !== undefined && `${later > 0 ? '+' : ''}${duration(later)}`,
        }}
      />
    </div>
  )
}

const textOf = (ms: number | undefined) => (ms === undefined ? '–' : duration(ms))
