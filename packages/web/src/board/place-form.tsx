import type { Posted } from '@saucery/client/client'
import { CallRefused } from '@saucery/client/errors'
import type { Order, OrderRequest } from '@saucery/client/schemas'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { client, me } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { StatusMark } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { Failure } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'
import { OrderInput } from './order-input.tsx'
import { orderFieldNames, orderOf, sortErrors, type Typed } from './place.ts'

const valid: Typed = { branchId: 'gangnam', sauceId: 'gochujang', qty: '3', price: '4000' }
const invalid: Typed = { branchId: 'no spaces please', sauceId: '', qty: '0', price: '-4000' }

/** A branch orders for itself. */
const withOwnBranch = (order: Typed): Typed => ({ ...order, branchId: me.value?.branchId ?? order.branchId })

/** Places an order. An invalid one is sent too, to see how the service answers. */
export function PlaceForm() {
  const [typed, setTyped] = useState(() => withOwnBranch(valid))
  const [isStrict, setStrict] = useState(false)
  const [placed, setPlaced] = useState<Posted<Order> | undefined>(undefined)
  const { busy, error, act } = useAction()
  const form = useRef<HTMLFormElement>(null)
  const { byField, others } = sortErrors(error instanceof CallRefused ? error.errors : [])

  // Once for each answer, when its errors are drawn.
  useLayoutEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [error])

  const place = (order: Typed) =>
    act(async () => {
      setPlaced(undefined)
      const prefer = isStrict ? 'wait=5, handling=strict' : undefined
      setPlaced(await client.post('/orders', { body: orderOf(order) as OrderRequest, header: { prefer } }))
    })

  function placeInvalid(): void {
    const order = withOwnBranch(invalid)
    setTyped(order)
    void place(order)
  }

  return (
    <section class="place" aria-labelledby="place-title">
      <h2 id="place-title">{t.place.title}</h2>
      <form
        ref={form}
        noValidate
        aria-busy={busy}
        onSubmit={(event) => {
          event.preventDefault()
          void place(typed)
        }}
      >
        {orderFieldNames.map((name) => (
          <OrderInput
            key={name}
            name={name}
            value={typed[name]}
            error={byField.get(name)}
            onValue={(value) => setTyped({ ...typed, [name]: value })}
          />
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={isStrict}
            onChange={(event) => setStrict(event.currentTarget.checked)}
          />
          {t.place.strict}
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            {t.place.submit}
          </button>
          <button type="button" onClick={placeInvalid}>
            {t.place.invalid}
          </button>
        </div>
      </form>
      <Failure error={error} />
      {others.length > 0 && (
        <ul class="failure">
          {others.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <p class="placed" role="status">
        {busy && isStrict && t.place.waiting}
        {placed && <PlacedOrder {...placed} />}
      </p>
    </section>
  )
}

const PlacedOrder = ({ data: { id, status }, eventId }: Posted<Order>) => (
  <>
    {t.place.placed} <a href={`#/orders/${id}${eventId ? `?after=${eventId}` : ''}`}>{shortId(id)}</a>{' '}
    {status !== 'PLACED' && <StatusMark status={status} />}
  </>
)
