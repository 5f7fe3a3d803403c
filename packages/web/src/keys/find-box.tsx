import { useEffect, useRef, useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { StatusMark } from '../order/statuses.tsx'
import { t } from '../texts/texts.ts'
import { Failure } from '../ui/parts.tsx'
import { addressOfFound, type FoundOrder, findByText, idIn } from './find-order.ts'

const typedMs = 200

/** Opens any order by a pasted id. */
export function FindBox({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('')
  const { found, error } = useFound(text)
  const list = useRef<HTMLUListElement>(null)
  function open(order: FoundOrder): void {
    location.hash = addressOfFound(order)
    onDone()
  }
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault()
        const [first] = found ?? []
        if (first) open(first)
      }}
    >
      <label>
        {t.keys.findLabel}
        <input
          type="search"
          value={text}
          spellcheck={false}
          autocomplete="off"
          maxLength={300}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={({ key }) => {
            if (key === 'ArrowDown') list.current?.querySelector('a')?.focus()
          }}
        />
      </label>
      <Failure error={error} />
      <p class="nothing" role="status">
        {idIn(text).length < 3 ? t.keys.findHint : found?.length === 0 && t.keys.notFound}
      </p>
      <ul ref={list}>
        {found?.map((order) => (
          <li key={order.orderId}>
            <a href={addressOfFound(order)} onClick={onDone}>
              <span class="id">{shortId(order.orderId)}</span> <StatusMark status={order.status} />{' '}
              {[order.branchId, order.sauceId].filter(Boolean).join(' · ')}
            </a>
          </li>
        ))}
      </ul>
    </form>
  )
}

function useFound(text: string) {
  const [result, setResult] = useState<{ found?: readonly FoundOrder[]; error?: Error }>({})
  useEffect(() => {
    const left = new AbortController()
    setResult({})
    const timer = setTimeout(() => {
      findByText(client, text, left.signal).then(
        (found) => !left.signal.aborted && setResult({ found }),
        (error) => !left.signal.aborted && setResult({ error }),
      )
    }, typedMs)
    return () => {
      clearTimeout(timer)
      left.abort()
    }
  }, [text])
  return { found: result.found, error: result.error }
}
