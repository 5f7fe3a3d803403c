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
import { RemainingPaths } from './remaining-paths.tsx'
import { RepeatButton } from './repeat.tsx'
import { StatusMark } from './statuses.tsx'
import { LiveStory } from './story.tsx'
import { Timeline } from './timeline.tsx'
import { Waterfalls } from './waterfall.tsx'

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
        {t.common.order} <span class="id">{shortId(orderId)}</span>{' '}
        {order?.amount !== undefined && <span class="amount">{formatWon(order.amount)}</span>}{' '}
        {order && <StatusMark status={order.status} />}
      </h1>
      <p class="whole-id">
        <CopiedId id={orderId} what={t.timeline.what.orderId} />
      </p>
      <Failure error={order ? undefined : data.error.value} />
      {!order && !data.error.value && <p class="nothing">{t.order.firstEvent}</p>}
      {order && (
        <>
          <OrderHead order={order} />
          <Waiting order={order} />
          <Actions order={order} onDone={data.read} />
          <RepeatButton order={order} />
          <OrderDetails order={order} />
          <Timeline order={order} />
          <LiveStory order={order} />
          <RemainingPaths order={order} />
          <Waterfalls orderId={order.orderId} />
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
      {t.common.waitingFor} <b>{oneOf(waitsFor.events)}</b> · {duration(waited - (waited % 1000))}
      {waitsFor.until && (
        <>
          {' · '}
          <time dateTime={waitsFor.until} title={dayAndTime(waitsFor.until)}>
            {(late ? t.common.wasDue : t.common.due)(fromNow(waitsFor.until, time))}
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
        label={t.order.actions}
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
        [t.common.branch]: branchId,
        [t.common.sauce]: sauceId && `${qty} × ${sauceId}`,
        [t.order.unitPrice]: price === undefined ? undefined : formatWon(price),
        [t.order.payment]: payment && withReason(payment),
        [t.order.delivery]: delivery && withReason(delivery),
        [t.order.placed]: placedAt && <time dateTime={placedAt}>{dayAndTime(placedAt)}</time>,
        [t.order.totalTime]: tookMs === undefined ? undefined : duration(tookMs),
      }}
    />
  )
}

/** A link sends no token, so with sign-in there is only the copy. */
const RawJson = ({ order }: { order: OrderView }) => (
  <p class="raw buttons">
    <CopyButton text={JSON.stringify(order, null, 2)} what={t.timeline.what.orderJson}>
      {t.order.asJson}
    </CopyButton>
    {me.value?.signIn === 'off' && <a href={`orderDashboards/${order.orderId}`}>{t.order.rawJson}</a>}
  </p>
)

const withReason = ({ status, reason }: { status: string; reason?: string }) =>
  reason ? `${status} (${reason})` : status
