import { explore } from '@saucery/messaging/testing'
import { isOpen } from '@saucery/payment/domain'
import { always, atRest } from './invariants.ts'
import { outsideAfter, transitionsFrom } from './transitions.ts'
import { beginnings, identify, type Outside, type Rules, servicesOf, storyIn, type View } from './world.ts'

const outside: Outside = {
  charging: false,
  provider: 'nothing',
  late: false,
  chargedLate: false,
  cancelledInVain: false,
}

/** Everything that can happen to one order. From each state the system can come to rest, for example when a provider
 * that was away answers again. */
export const exploreOrder = (rules: Rules) =>
  explore({
    services: servicesOf(rules),
    environment: outside,
    beginnings: beginnings(rules),
    steps: (world, commit) => transitionsFrom(world, commit, rules),
    afterCommit: outsideAfter,
    isBusy: ({ states }) => isOpen(states.payment),
    identify,
    view: storyIn,
    always: {
      ...always,
      'No charge begins after payBy': ({ chargedLate }: View) => !chargedLate,
      'No order is cancelled for want of a payment that was decided': ({ cancelledInVain }: View) =>
        !cancelledInVain,
    },
    atRest,
  })
