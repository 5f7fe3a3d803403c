import type { OrderView } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { formatWon } from '../ui/format.ts'
import type { ActionName } from './actions.tsx'
import { ledgerOf } from './ledger.ts'

/** What an action will do with the customer's money. */
export function effectOf(name: ActionName, { timeline }: Pick<OrderView, 'timeline'>): string {
  const { net } = ledgerOf(timeline)
  if (net === 0) return t.order.notCharged
  const charge = formatWon(net)
  return name === 'complete' ? t.order.chargeStands(charge) : t.order.chargeRefunded(charge)
}
