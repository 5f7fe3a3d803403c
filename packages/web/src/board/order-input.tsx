import { t } from '../texts/texts.ts'
import type { OrderField } from './place.ts'

interface OrderInputProps {
  readonly name: OrderField
  readonly value: string
  readonly error: string | undefined
  readonly onValue: (value: string) => void
}

export function OrderInput({ name, value, error, onValue }: OrderInputProps) {
  const id = `place-${name}`
  return (
    <div class="field">
      <label for={id}>{t.place.fields[name]}</label>
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
