import type { OrderView } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { clock, dayAndTime, dayOf, formatWon } from '../ui/format.ts'
import { Details } from '../ui/parts.tsx'
import { ledgerOf } from './ledger.ts'
import { type OrderStep, stepsOf } from './steps.ts'

/** Where the order stands: its steps with their times, and its money. */
export const OrderHead = ({ order }: { order: OrderView }) => (
  <>
    <ol class="steps" aria-label={t.order.steps}>
      {stepsOf(order).map((step) => (
        <Step key={step.label} step={step} />
      ))}
    </ol>
    <LedgerLine order={order} />
  </>
)

function Step({ step: { label, time, isCurrent } }: { step: OrderStep }) {
  const state = isCurrent ? 'current' : time === undefined ? 'open' : 'reached'
  return (
    <li class={state} aria-current={isCurrent ? 'step' : undefined}>
      <b>{label}</b>
      {time === undefined ? (
        <span>{t.order.notYet}</span>
      ) : (
        <time dateTime={time} title={dayAndTime(time)}>
          {dayOf(time)}, {clock(time).slice(0, 8)}
        </time>
      )}
    </li>
  )
}

function LedgerLine({ order }: { order: OrderView }) {
  const { charged, refunded, net } = ledgerOf(order.timeline)
  return (
    <section class="ledger" aria-label={t.order.money}>
      <Details
        of={{
          [t.order.charged]: formatWon(charged),
          [t.order.refunded]: formatWon(refunded === 0 ? 0 : -refunded),
          [t.order.net]: <b>{formatWon(net)}</b>,
        }}
      />
    </section>
  )
}
