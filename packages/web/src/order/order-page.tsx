import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api } from '../api/client.ts'
import { may } from '../api/session.ts'
import type { Order } from '../api/types.ts'
import { useConnection } from '../live/connection.tsx'
import { useDoing } from '../ui/doing.ts'
import { dayAndTime, duration, fromNow, oneOf, won } from '../ui/format.ts'
import { now } from '../ui/now.ts'
import { Fact, Failure, StatusMark } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { openOrder } from './order-data.ts'
import { isOverdue, shortId } from './orders.ts'
import { isFinal } from './statuses.ts'
import { Timeline } from './timeline.tsx'

/** One order: its facts, its story as a picture, what it waits for, and what can be done. */
export function OrderPage({ orderId }: { orderId: string }) {
  const data = useMemo(() => openOrder(api, orderId, route.peek().query.get('after') ?? undefined), [orderId])
  useEffect(() => () => data.close(), [data])
  useConnection(data.connection)
  const order = data.order.value
  return (
    <article class="order">
      <h1>
        Order <span class="id">{shortId(orderId)}</span> {order && <StatusMark status={order.status} />}
      </h1>
      <p class="whole-id">{orderId}</p>
      <Failure error={order ? undefined : data.error.value} />
      {!order && !data.error.value && <p class="nothing">Waiting for the first event…</p>}
      {order && (
        <>
          <Waiting order={order} />
          <Actions order={order} onSaid={data.readAfter} />
          <Facts order={order} />
          <Timeline order={order} />
        </>
      )}
    </article>
  )
}

function Waiting({ order }: { order: Order }) {
  const { waitsFor } = order
  if (!waitsFor) return null
  const time = now.value
  const late = isOverdue(order, time)
  const since = Math.max(0, time - Date.parse(waitsFor.since))
  const waited = duration(since - (since % 1000))
  return (
    <p class={late ? 'waits late' : 'waits'}>
      Has waited {waited} for <b>{oneOf(waitsFor.events)}</b>
      {waitsFor.until && (
        <>
          {late ? '; it was due ' : '; it is due '}
          <time dateTime={waitsFor.until} title={dayAndTime(waitsFor.until)}>
            {fromNow(waitsFor.until, time)}
          </time>
        </>
      )}
    </p>
  )
}

const actions = {
  cancel: { label: 'Cancel', said: 'The cancel was asked for.', path: (id: string) => `orders/${id}/cancel` },
  complete: { label: 'It arrived', said: 'It arrived.', path: (id: string) => `deliveries/${id}/complete` },
  fail: {
    label: 'It did not arrive',
    said: 'It did not arrive.',
    path: (id: string) => `deliveries/${id}/fail`,
  },
} as const

type ActionName = keyof typeof actions

/** What can be done with the order now, by whoever is signed in. */
function actionsOn({ status, delivery, timeline }: Order): ActionName[] {
  const isAsked = timeline.some(({ event }) => event === 'OrderCancelled')
  const cancel = may('cancel-orders') && !isFinal(status) && !isAsked
  const end = may('end-deliveries') && delivery?.status === 'STARTED'
  return [...(end ? (['complete', 'fail'] as const) : []), ...(cancel ? (['cancel'] as const) : [])]
}

function Actions({ order, onSaid }: { order: Order; onSaid: (eventId?: string) => Promise<void> }) {
  const { busy, error, act } = useDoing()
  const [said, setSaid] = useState('')
  const place = useRef<HTMLParagraphElement>(null)
  const possible = actionsOn(order)

  const say = (name: ActionName) =>
    act(async () => {
      setSaid('')
      const { eventId } = await api.post(actions[name].path(order.orderId))
      await onSaid(eventId)
      setSaid(actions[name].said)
    })

  // The button that was pressed may be gone: who goes on with the keyboard goes on from here.
  useLayoutEffect(() => {
    if (said !== '' && document.activeElement === document.body) place.current?.focus()
  }, [said])

  return (
    <>
      {possible.length > 0 && (
        <fieldset class="buttons" aria-label="What can be done">
          {possible.map((name) => (
            <button key={name} type="button" class={name} aria-disabled={busy} onClick={() => void say(name)}>
              {actions[name].label}
            </button>
          ))}
        </fieldset>
      )}
      <p class="said" role="status" tabIndex={-1} ref={place}>
        {said}
      </p>
      <Failure error={error} />
    </>
  )
}

function Facts({ order }: { order: Order }) {
  const { branchId, sauceId, qty, price, amount, placedAt, payment, delivery, tookMs } = order
  return (
    <dl class="facts">
      {branchId !== undefined && <Fact name="Branch">{branchId}</Fact>}
      {sauceId !== undefined && (
        <Fact name="Sauce">
          {qty} × {sauceId}
        </Fact>
      )}
      {price !== undefined && <Fact name="Price of one">{won(price)}</Fact>}
      {amount !== undefined && <Fact name="Amount">{won(amount)}</Fact>}
      {payment && <Fact name="Payment">{partOf(payment)}</Fact>}
      {delivery && <Fact name="Delivery">{partOf(delivery)}</Fact>}
      {placedAt !== undefined && (
        <Fact name="Placed">
          <time dateTime={placedAt}>{dayAndTime(placedAt)}</time>
        </Fact>
      )}
      {tookMs !== undefined && <Fact name="Took">{duration(tookMs)}</Fact>}
    </dl>
  )
}

const partOf = ({ status, reason }: { status: string; reason?: string }) =>
  `${status}${reason ? ` (${reason})` : ''}`
