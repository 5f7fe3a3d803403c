import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { brokenPromises } from '@saucery/system/model/invariants'
import { storyOfAnswers } from './story.ts'

type Answers = Parameters<typeof storyOfAnswers>[0]

const orderId = '01936f5e-8a3b-7c21-9d4e-5f6a7b8c9d0e'

/** The fields of the four answers that the story is built from. */
const answers = (
  order: string,
  payment: string,
  delivery: string | undefined,
  events: readonly string[],
  shown = { status: order, payment, delivery },
): Answers => {
  const of = (status: string | undefined) => (status === undefined ? undefined : { orderId, status })
  return {
    order: of(order),
    payment: of(payment),
    delivery: of(delivery),
    view: {
      ...of(shown.status),
      payment: of(shown.payment),
      delivery: of(shown.delivery),
      timeline: events.map((event) => ({ event })),
    },
  } as unknown as Answers
}

const events = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted']
const refunding = [...events.slice(0, 3), 'DeliveryFailed', 'PaymentRefunded']
const voiding = ['OrderPlaced', 'OrderCancelled', 'PaymentVoided']
const delivered = { status: 'DELIVERED', payment: 'APPROVED', delivery: 'COMPLETED' }

describe('the story of the answers', () => {
  for (const [title, told] of [
    ['delivered', answers('DELIVERED', 'APPROVED', 'COMPLETED', events)],
    ['failed', answers('FAILED', 'REFUNDED', 'FAILED', refunding)],
    ['declined', answers('REJECTED', 'DECLINED', undefined, ['OrderPlaced', 'PaymentDeclined'])],
    ['cancelled before its payment', answers('CANCELLED', 'VOIDED', undefined, voiding)],
  ] as const)
    it(`breaks no promise where the order was ${title}`, () => {
      assert.deepEqual(brokenPromises(storyOfAnswers(told), true), [])
    })

  for (const [title, told, expected] of [
    ['another order', answers('PAID', 'APPROVED', 'COMPLETED', events, delivered), /status of the order$/],
    ['another payment', answers('DELIVERED', 'REFUNDED', 'COMPLETED', events, delivered), /of the payment$/],
    [
      'another delivery',
      answers('DELIVERED', 'APPROVED', 'FAILED', events, delivered),
      /the delivery, unless/,
    ],
    ['goods without money', answers('DELIVERED', 'REFUNDED', 'COMPLETED', events), /^Money is kept/],
    ['money without goods', answers('FAILED', 'APPROVED', 'FAILED', refunding), /^Money is kept/],
    [
      'an event that came twice',
      answers('DELIVERED', 'APPROVED', 'COMPLETED', [...events, 'PaymentApproved']),
      /twice/,
    ],
    [
      'a lost order',
      { ...answers('DELIVERED', 'APPROVED', 'COMPLETED', events), order: undefined },
      /knows the order/,
    ],
    [
      'a lost payment',
      { ...answers('DELIVERED', 'APPROVED', 'COMPLETED', events), payment: undefined },
      /without an approved payment/,
    ],
  ] as const)
    it(`breaks a promise where it tells of ${title}`, () => {
      assert.match(brokenPromises(storyOfAnswers(told), true).join('\n'), new RegExp(expected, 'm'))
    })
})
