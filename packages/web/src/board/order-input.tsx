import type { OrderField } from './place.ts'

const labels: Record<OrderField, string> = {
  branchId: 'Branch',
  sauceId: 'Sauce',
  qty: 'Quantity',
  price: 'Unit price (won)',
}

/** A field of the order form, with its error. */
export function OrderInput({
  name,
  value,
  error,
  onValue,
}: {
  name: OrderField
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
