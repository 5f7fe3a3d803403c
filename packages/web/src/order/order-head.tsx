import type { OrderView } from '@saucery/client/schemas'
import { clock, dayAndTime, dayOf, formatWon } from '../ui/format.ts'
import { Details } from '../ui/parts.tsx'
import { ledgerOf } from './ledger.ts'
import { type OrderStep, stepsOf } from './steps.ts'

/** Where the order stands: its steps with their times, and its money. */
export const OrderHead = ({ order }: { order: OrderView }) => (
  <>
    <ol class="steps" aria-label="Steps">
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
        <span>not yet</span>
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
    <section class="ledger" aria-label="Money">
      <Details
        of={{
          Charged: formatWon(charged),
          Refunded: formatWon(refunded === 0 ? 0 : -refunded),
          Net: <b>{formatWon(net)}</b>,
        }}
      />
    </section>
  )
}
