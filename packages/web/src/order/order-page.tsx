import type { OrderView } from '@saucery/client/schemas'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { audience, client, me } from '../api/client.ts'
import { useConnection } from '../live/connection.tsx'
import { t } from '../texts/texts.ts'
import { CopiedId, CopyButton } from '../ui/copy.tsx'
import { dayAndTime, duration, formatWon, fromNow, oneOf } from '../ui/format.ts'
import { Details, Failure } from '../ui/parts.tsx'
import { route } from '../ui/router.ts'
import { now } from '../ui/screen.ts'
import { useTitle } from '../ui/use-title.ts'
import { ActionButtons, type ActionName, actionsOn, orderActions, sendAction } from './actions.tsx'
import { CompareOrders } from './compare-orders.tsx'
import { effectOf } from './effects.ts'
import { openOrder } from './order-data.ts'
import { OrderHead } from './order-head.tsx'
import { isOverdue, shortId } from './orders.ts'
import { RepeatButton } from './repeat.tsx'
import { StatusMark } from './statuses.tsx'
import { Timeline } from './timeline.tsx'

export function OrderPage({ orderId }: { orderId: string }) {
  const data = useMemo(
    () => openOrder(client, audience.peek(), orderId, route.peek().query.get('after')),
    [orderId],
  )
  useEffect(() => data.close, [data])
  useConnection(data.connection)
  const order = data.order.value
  useTitle([t.frame.orderTitle(shortId(orderId)), order?.status].filter(Boolean).join(' '))
  return (
    <article class="order">
      <h1>
        Order <span class="id">{shortId(orderId)}</span>{' '}
        {order?.amount !== undefined && <span class="amount">{formatWon(order.amount)}</span>}{' '}
        {order && <StatusMark status={order.status} />}
      </h1>
      <p class="whole-id">
        <CopiedId id={orderId} what="order id" />
      </p>
      <Failure error={order ? undefined : data.error.value} />
      {!order && !data.error.value && <p class="nothing">Waiting for the first event…</p>}
      {order && (
        <>
          <OrderHead order={order} />
          <Waiting order={order} />
          <Actions order={order} onDone={data.read} />
          <RepeatButton order={order} />
          <OrderDetails order={order} />
          <Timeline order={order} />
          <CompareOrders order={order} />
          <RawJson order={order} />
        </>
      )}
    </article>
  )
}

function Waiting({ order }: { order: OrderView }) {
  const { waitsFor } = order
  if (!waitsFor) return null
  const time = now.value
  const late = isOverdue(order, time)
  const waited = Math.max(0, time - Date.parse(waitsFor.since))
  return (
    <p class={late ? 'waits late' : 'waits'}>
      Waiting {duration(waited - (waited % 1000))} for <b>{oneOf(waitsFor.events)}</b>
      {waitsFor.until && (
        <>
          {late ? ', was due ' : ', due '}
          <time dateTime={waitsFor.until} title={dayAndTime(waitsFor.until)}>
            {fromNow(waitsFor.until, time)}
          </time>
        </>
      )}
    </p>
  )
}

function Actions({ order, onDone }: { order: OrderView; onDone: (eventId?: string) => Promise<void> }) {
  const [done, setDone] = useState('')
  const doneText = useRef<HTMLParagraphElement>(null)

  async function run(name: ActionName): Promise<void> {
    setDone('')
    const { eventId } = await sendAction(name, order.orderId)
    await onDone(eventId)
    setDone(orderActions[name].done)
  }

  // The button that was pressed may be gone: the keyboard's focus moves here, not to the top of the page.
  useLayoutEffect(() => {
    if (done !== '' && document.activeElement === document.body) doneText.current?.focus()
  }, [done])

  return (
    <>
      <ActionButtons
        names={actionsOn(order)}
        label="Actions"
        run={run}
        effect={(name) => effectOf(name, order)}
      />
      <p class="done" role="status" tabIndex={-1} ref={doneText}>
        {done}
      </p>
    </>
  )
}

function OrderDetails({ order }: { order: OrderView }) {
  const { branchId, sauceId, qty, price, placedAt, payment, delivery, tookMs } = order
  return (
    <Details
      of={{
        Branch: branchId,
        Sauce: sauceId && `${qty} × ${sauceId}`,
        'Unit price': price === undefined ? undefined : formatWon(price),
        Payment: payment && withReason(payment),
        Delivery: delivery && withReason(delivery),
        Placed: placedAt && <time dateTime={placedAt}>{dayAndTime(placedAt)}</time>,
        'Total time': tookMs === undefined ? undefined : duration(tookMs),
      }}
    />
  )
}

/** A link sends no token, so with sign-in there is only the copy. */
const RawJson = ({ order }: { order: OrderView }) => (
  <p class="raw buttons">
    <CopyButton text={JSON.stringify(order, null, 2)} what="order as JSON">
      Order as JSON
    </CopyButton>
    {me.value?.signIn === 'off' && <a href={`orderDashboards/${order.orderId}`}>Raw JSON</a>}
  </p>
)

const withReason = ({ status, reason }: { status: string; reason?: string }) =>
  reason ? `${status} (${reason})` : status
