import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Refused } from '../api/api.ts'
import { api } from '../api/client.ts'
import { me } from '../api/session.ts'
import type { Status } from '../api/types.ts'
import { shortId } from '../order/orders.ts'
import { useDoing } from '../ui/doing.ts'
import { Failure, StatusMark } from '../ui/parts.tsx'
import { type Field, fields, orderOf, type SortedErrors, sortErrors, type Typed } from './place.ts'

const labels: Record<Field, string> = {
  branchId: 'Branch',
  sauceId: 'Sauce',
  qty: 'Quantity',
  price: 'Price of one, won',
}

const good: Typed = { branchId: 'gangnam', sauceId: 'gochujang', qty: '3', price: '4000' }
const bad: Typed = { branchId: 'no spaces please', sauceId: '', qty: '0', price: '-4000' }

interface Placed {
  readonly id: string
  readonly status: Status
  readonly eventId: string | undefined
}

const noErrors: SortedErrors = { byField: new Map(), others: [] }

/** Places an order; a bad one too, so that one sees what the service says to it. */
export function PlaceForm() {
  const [typed, setTyped] = useState<Typed>({ ...good, branchId: me.value?.branchId ?? good.branchId })
  const [waits, setWaits] = useState(false)
  const { busy, error, act } = useDoing()
  const [placed, setPlaced] = useState<Placed | undefined>(undefined)
  const form = useRef<HTMLFormElement>(null)
  const errors = error instanceof Refused ? sortErrors(error.errors) : noErrors

  // Once for each answer, when its errors are there to be read.
  useLayoutEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [error])

  const place = (order: Typed) =>
    act(async () => {
      setPlaced(undefined)
      const prefer: Record<string, string> = waits ? { prefer: 'wait=5, handling=strict' } : {}
      const { body, eventId } = await api.post<{ id: string; status: Status }>(
        'orders',
        orderOf(order),
        prefer,
      )
      setPlaced({ id: body.id, status: body.status, eventId })
    })

  function placeBad(): void {
    const order = { ...bad, ...(me.value?.branchId && { branchId: me.value.branchId }) }
    setTyped(order)
    void place(order)
  }

  return (
    <section class="place" aria-labelledby="place-title">
      <h2 id="place-title">Place an order</h2>
      <form
        ref={form}
        noValidate
        aria-busy={busy}
        onSubmit={(event) => {
          event.preventDefault()
          void place(typed)
        }}
      >
        {fields.map((name) => (
          <Input
            key={name}
            name={name}
            value={typed[name]}
            error={errors.byField.get(name)}
            onValue={(value) => setTyped({ ...typed, [name]: value })}
          />
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={waits}
            onChange={(event) => setWaits(event.currentTarget.checked)}
          />
          Only if it is paid within 5 s
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            Place order
          </button>
          <button type="button" onClick={placeBad}>
            Order something bad
          </button>
        </div>
      </form>
      <Failure error={error} />
      {errors.others.length > 0 && (
        <ul class="failure">
          {errors.others.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <p class="placed" role="status">
        {busy && waits && 'Waiting for the payment…'}
        {placed && (
          <>
            Placed: order{' '}
            <a href={`#/orders/${placed.id}${placed.eventId ? `?after=${placed.eventId}` : ''}`}>
              {shortId(placed.id)}
            </a>{' '}
            {placed.status !== 'PLACED' && <StatusMark status={placed.status} />}
          </>
        )}
      </p>
    </section>
  )
}

function Input({
  name,
  value,
  error,
  onValue,
}: {
  name: Field
  value: string
  error: string | undefined
  onValue: (value: string) => void
}) {
  const id = `place-${name}`
  return (
    <div class="field">
      <label for={id}>{labels[name]}</label>
      <input
        id={id}
        name={name}
        value={value}
        inputMode={name === 'qty' || name === 'price' ? 'numeric' : undefined}
        autocomplete="off"
        spellcheck={false}
        required
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {error !== undefined && (
        <small id={`${id}-error`} class="field-error">
          {error}
        </small>
      )}
    </div>
  )
}
