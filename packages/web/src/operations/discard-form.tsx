import { useState } from 'preact/hooks'
import { t } from '../texts/texts.ts'

interface DiscardFormProps {
  /** Of the button that opens it. */
  readonly name: string
  readonly discard: (why: string) => Promise<void>
}

/** Asks for the reason, without which nothing is discarded. */
export function DiscardForm({ name, discard }: DiscardFormProps) {
  const [why, setWhy] = useState<string | undefined>(undefined)
  if (why === undefined)
    return (
      <button type="button" aria-label={name} onClick={() => setWhy('')}>
        {t.operations.discard}
      </button>
    )
  return (
    <form
      class="discard"
      onSubmit={(event) => {
        event.preventDefault()
        void discard(why).then(() => setWhy(undefined))
      }}
    >
      <label>
        {t.operations.discardWhy}{' '}
        <input
          value={why}
          required
          minLength={3}
          maxLength={500}
          onInput={(event) => setWhy(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{t.operations.discard}</button>
      <button type="button" onClick={() => setWhy(undefined)}>
        {t.operations.keep}
      </button>
    </form>
  )
}
