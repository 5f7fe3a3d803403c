import { mutantsOf } from '../mutant.ts'

const [order, payment, delivery] = ['order', 'payment', 'delivery'].map((name) => `packages/${name}/src`)

/** What order, payment and delivery decide, and the wait for a payment. */
export const domains = [
  ...mutantsOf('packages/contracts/src/order.ts', 'histories/histories', [
    'an event of an old version is read with another quantity',
    '=> placed }',
    '=> ({ ...placed, qty: 1 }) }',
  ]),
  ...mutantsOf('packages/contracts/src/compatibility/schema-changes.ts', 'compatibility/contract-breaks', [
    'a field of a published version can be made required',
    '[{ field, change: obligation }]',
    '[]',
  ]),
  ...mutantsOf('packages/contracts/src/compatibility/git.ts', 'compatibility/released', [
    'on main contracts are compared with themselves',
    "wanted !== undefined || commit !== commitOf('HEAD')",
    'commit',
  ]),
  ...mutantsOf(
    `${order}/domain.ts`,
    'order/src/domain',
    [
      'a final order can be cancelled',
      "if (isFinal(order.status)) throw new Refused('order-already-final')",
      '',
    ],
    ['a time-out cancels an order that was decided', 'order && isDecided(order) ? [] : ', ''],
    ['a second cancel is published', "order.facts.includes('OrderCancelled') ? [] : ", ''],
    ['an amount is rounded', 'if (!Number.isSafeInteger(amount))', 'if (Number.isNaN(amount))'],
  ),
  ...mutantsOf(
    `${order}/payment-wait/wait.ts`,
    'payment-wait/repeat',
    ['a repeated order does not watch its payment', 'watch = watches.begin(orderId)\n', ''],
    [
      'a wait gives up the new id, not the found one',
      'orderAtEnd(orderId, cause))',
      'orderAtEnd(newOrderId, cause))',
    ],
  ),
  ...mutantsOf(`${order}/payment-wait/wait.ts`, 'payment-wait/wait', [
    'a voided payment satisfies a strict wait',
    "decided && !order.facts.includes('PaymentVoided')",
    'decided',
  ]),
  ...mutantsOf(`${order}/api.ts`, 'payment-wait/repeat', [
    'a repeated order is looked for under the new id',
    'wait.outcome(placed.body.id, cause)',
    'wait.outcome(orderId, cause)',
  ]),
  ...mutantsOf(`${order}/api.ts`, 'order/src/authorization', [
    'a branch cancels the orders of others',
    "cancel(ifInScope(scope, order), 'requested')",
    "cancel(order, 'requested')",
  ]),
  ...mutantsOf(`${order}/deadlines.ts`, 'order/src/deadlines', [
    'a backlog is mistaken for silence',
    '(await consumedUntil()) - deadlineMs',
    'Date.now() - deadlineMs',
  ]),
  ...mutantsOf(
    `${payment}/domain.ts`,
    'payment/src/domain',
    [
      'a refund is recorded without the guard that it was asked for',
      "payment?.status === 'REFUND_PENDING' ? { ...payment, status: 'REFUNDED' } : payment",
      "payment && { ...payment, status: 'REFUNDED' }",
    ],
    [
      'a refund is asked for without the guard that the payment was approved',
      "payment?.status === 'APPROVED' ? { ...payment, status: 'REFUND_PENDING' } : payment",
      "payment && { ...payment, status: 'REFUND_PENDING' }",
    ],
    [
      'a charge that is decided can become overdue',
      "payment?.status === 'PENDING' ? { ...payment, status: 'VOID_PENDING' } : payment",
      "payment && { ...payment, status: 'VOID_PENDING' }",
    ],
    [
      'the answer to a charge settles a refund',
      "(askedFor[payment.status] === 'refund') !== 'refunded' in outcome",
      'false',
    ],
    ['a settled charge is settled again', '!isOpen(payment) || ', '!payment || '],
    [
      'a cancel voids a payment that was decided',
      'return payment ? [] : [PaymentVoided(',
      'return [PaymentVoided(',
    ],
    ['a payment is void at the last moment that counts', 'now > time', 'now >= time'],
  ),
  ...mutantsOf(
    `${payment}/provider-calls/due.ts`,
    'provider-calls/clock',
    ['a call waits for a clock that was set back', 'Math.max(leaseMs, longestMs)', '1e12'],
    [
      'a charge is given up later by what a clock was set back',
      'least(asking_since, now())',
      'coalesce(asking_since, now())',
    ],
  ),
  ...mutantsOf(
    `${delivery}/domain.ts`,
    'delivery/src/domain',
    [
      'a cancel that came first is ignored',
      "if (delivery?.status === 'CANCEL_REMEMBERED') return [DeliveryCancelled({ orderId })]",
      '',
    ],
    ['a refused cancel is refused again', ' && !delivery.cancellationRefused', ''],
    [
      'a second approval starts a second delivery',
      'return delivery ? [] : [DeliveryStarted(',
      'return [DeliveryStarted(',
    ],
    [
      'a cancel before the payment is forgotten',
      "return delivery ?? { orderId: event.data.orderId, status: 'CANCEL_REMEMBERED' }",
      'return delivery',
    ],
    [
      'a delivery that has ended can end otherwise',
      "if (delivery.status !== 'STARTED') throw new Refused('delivery-already-final')",
      '',
    ],
  ),
]
