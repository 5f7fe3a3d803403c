import { useEffect, useState } from 'preact/hooks'
import { api } from '../api/client.ts'
import type { DeadLetter, Page } from '../api/types.ts'
import { shortId } from '../order/orders.ts'
import { announce } from '../ui/announce.ts'
import { useDoing } from '../ui/doing.ts'
import { dayAndTime } from '../ui/format.ts'
import { Failure } from '../ui/parts.tsx'

const pageSize = 20

/**
 * What a service could not handle, with why, to be sent back when that is mended.
 * @param unhandled how many there are: when it changes they are read again
 */
export function DeadLetters({ service, unhandled }: { service: string; unhandled: number }) {
  const [open, setOpen] = useState(false)
  const [letters, setLetters] = useState<readonly DeadLetter[] | undefined>(undefined)
  const [next, setNext] = useState<string | undefined>(undefined)
  const [error, setError] = useState<Error | undefined>(undefined)
  const path = `operations/${service}/dead-letters`

  async function read(cursor?: string): Promise<void> {
    try {
      const query = new URLSearchParams({ limit: String(pageSize), ...(cursor ? { cursor } : {}) })
      const page = await api.get<Page<DeadLetter>>(`${path}?${query}`)
      setLetters(cursor ? [...(letters ?? []), ...page.items] : page.items)
      setNext(page.next)
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    }
  }

  useEffect(() => {
    if (open) void read()
  }, [open, unhandled])

  return (
    <details class="letters" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Read the dead letters</summary>
      <Failure error={error} />
      {!letters && !error && <p class="nothing">Reading them…</p>}
      {letters?.length === 0 && (
        <p class="nothing">{next ? 'There are none among the newest.' : 'There are none.'}</p>
      )}
      <ul>
        {letters?.map((letter) => (
          <Letter key={letter.sequence} letter={letter} path={path} onSentBack={() => void read()} />
        ))}
      </ul>
      {next && (
        <button type="button" onClick={() => void read(next)}>
          Older ones
        </button>
      )}
    </details>
  )
}

function Letter({ letter, path, onSentBack }: { letter: DeadLetter; path: string; onSentBack: () => void }) {
  const { sequence, time, subject, event, orderId, error, tries, handled } = letter
  const { busy, error: refusal, act } = useDoing()
  const sendBack = () =>
    act(async () => {
      await api.post(`${path}/${sequence}/send-back`)
      announce(`Letter ${sequence} was sent back, and handled`)
      onSentBack()
    })

  return (
    <li class={handled ? 'letter handled' : 'letter'}>
      <p>
        <b>{event ?? subject}</b>
        {orderId && (
          <>
            {' '}
            of order{' '}
            <a class="id" href={`#/orders/${orderId}`}>
              {shortId(orderId)}
            </a>
          </>
        )}
        <small>
          <time dateTime={time}>{dayAndTime(time)}</time>, {tries === 1 ? '1 try' : `${tries} tries`}, letter{' '}
          {sequence}
        </small>
      </p>
      <pre>{error}</pre>
      <Failure error={refusal} />
      {handled ? (
        <p>Sent back, and handled.</p>
      ) : (
        <button
          type="button"
          aria-disabled={busy}
          aria-label={`Send back letter ${sequence}`}
          onClick={() => void sendBack()}
        >
          Send back
        </button>
      )}
    </li>
  )
}
