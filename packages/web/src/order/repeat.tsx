import type { OrderRequest, OrderView } from '@saucery/client/schemas'
import { client, may } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { formatWon } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'

/** Places the same order anew, and goes to its page. Not shown until it is known what was ordered. */
export function RepeatButton({ order: { branchId, sauceId, qty, price } }: { order: OrderView }) {
  const { busy, error, act } = useAction()
  if (!may('place-orders') || !branchId || !sauceId || !qty || price === undefined) return null
  const body: OrderRequest = { branchId, sauceId, qty, price }
  const repeat = () =>
    act(async () => {
      const { data, eventId } = await client.post('/orders', { body })
      location.hash = `#/orders/${data.id}${eventId ? `?after=${eventId}` : ''}`
    })
  return (
    <>
      <p class="with-effect">
        <button
          type="button"
          aria-disabled={busy}
          aria-describedby="repeat-effect"
          onClick={() => void repeat()}
        >
          {t.order.repeat}
        </button>
        <small id="repeat-effect">{t.order.willBeCharged(formatWon(qty * price))}</small>
      </p>
      <Failure error={error} />
    </>
  )
}
