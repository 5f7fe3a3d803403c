import type { DeadLetter, Page, ServiceState } from '@saucery/client/schemas'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { shortId } from '../order/orders.ts'
import { t } from '../texts/texts.ts'
import { dayAndTime } from '../ui/format.ts'
import { announcement, Failure, ListState } from '../ui/parts.tsx'
import { useAction } from '../ui/use-action.ts'

/**
 * A service's dead letters with their errors, to be retried once the cause is fixed.
 * @param unhandled how many there are: when it changes, they are read again
 */
export function DeadLetters({ service, unhandled }: { service: ServiceState['service']; unhandled: number }) {
  const [open, setOpen] = useState(false)
  const [page, setPage] = useState<Page<DeadLetter> | undefined>(undefined)
  const [error, setError] = useState<Error | undefined>(undefined)

  async function read(cursor?: string): Promise<void> {
    try {
      const query = { limit: 20, cursor }
      const found = await client.get(`/operations/${service}/dead-letters`, { query })
      setPage(cursor && page ? { ...found, items: [...page.items, ...found.items] } : found)
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    }
  }

  async function retry(sequence: number): Promise<void> {
    const path = { sequence: String(sequence) }
    await client.post(`/operations/${service}/dead-letters/{sequence}/send-back`, { path })
    announcement.value = t.operations.retriedOf(String(sequence))
    void read()
  }

  useEffect(() => {
    if (open) void read()
  }, [open, unhandled])

  return (
    <details class="letters" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.operations.showDeadLetters}</summary>
      <ListState
        items={page?.items}
        error={error}
        empty={page?.next ? t.operations.noneAmongNewest : t.operations.none}
      />
      <ul>
        {page?.items.map((letter) => (
          <Letter key={letter.sequence} letter={letter} retry={() => retry(letter.sequence)} />
        ))}
      </ul>
      {page?.next && (
        <button type="button" onClick={() => void read(page.next)}>
          {t.operations.loadOlder}
        </button>
      )}
    </details>
  )
}

function Letter({ letter, retry }: { letter: DeadLetter; retry: () => Promise<void> }) {
  const { sequence, time, subject, event, orderId, error, tries, handled } = letter
  const { busy, error: refusal, act } = useAction()
  return (
    <li class={handled ? 'letter handled' : 'letter'}>
      <p>
        <b>{event ?? subject}</b> · {t.common.order}{' '}
        <a class="id" href={`#/orders/${orderId}`}>
          {shortId(orderId)}
        </a>
        <small>
          <time dateTime={time}>{dayAndTime(time)}</time> ·{' '}
          {tries === 1 ? t.operations.oneTry : t.operations.tries(String(tries))} ·{' '}
          {t.operations.deadLetter(String(sequence))}
        </small>
      </p>
      <pre>{error}</pre>
      <Failure error={refusal} />
      {handled ? (
        <p>{t.operations.retried}</p>
      ) : (
        <button
          type="button"
          aria-disabled={busy}
          aria-label={t.operations.retryOf(String(sequence))}
          onClick={() => void act(retry)}
        >
          {t.operations.retry}
        </button>
      )}
    </li>
  )
}
