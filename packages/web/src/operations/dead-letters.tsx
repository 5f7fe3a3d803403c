import type { DeadLetter, DeadLetterGroup, Page } from '@saucery/client/schemas'
import { useEffect, useState } from 'preact/hooks'
import { client } from '../api/client.ts'
import { t } from '../texts/texts.ts'
import { announcement, ListState } from '../ui/parts.tsx'
import type { OperatedName } from './bulk-action.tsx'
import { LetterItem } from './letter.tsx'
import { LetterGroups } from './letter-groups.tsx'
import { OperatorActions } from './operator-actions.tsx'
import { settledLetters } from './settled-letters.ts'

/**
 * A service's dead letters: by event and cause, and one by one, to be retried once the cause is fixed, or given up.
 * @param unhandled how many there are: when it changes, or the live feed tells of one, they are read again
 */
export function DeadLetters({ service, unhandled }: { service: OperatedName; unhandled: number }) {
  const [open, setOpen] = useState(false)
  const [page, setPage] = useState<Page<DeadLetter> | undefined>(undefined)
  const [groups, setGroups] = useState<readonly DeadLetterGroup[]>([])
  const [chosen, setChosen] = useState<DeadLetterGroup | undefined>(undefined)
  const [error, setError] = useState<Error | undefined>(undefined)
  const settled = settledLetters.value

  async function read(cursor?: string): Promise<void> {
    try {
      const of = chosen && { event: chosen.event, reason: chosen.reason, error: chosen.errorGroup }
      const query = { ...of, ...(chosen && { state: 'open' as const }), limit: 20, cursor }
      const [found, grouped] = await Promise.all([
        client.get(`/operations/${service}/dead-letters`, { query }),
        client.get(`/operations/${service}/dead-letters/groups`),
      ])
      setPage(cursor && page ? { ...found, items: [...page.items, ...found.items] } : found)
      setGroups(grouped.items)
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    }
  }

  async function retry({ id, sequence }: DeadLetter): Promise<void> {
    await client.post(`/operations/${service}/dead-letters/{sequence}/send-back`, { path: { sequence: id } })
    announcement.value = t.operations.retriedOf(String(sequence))
    void read()
  }

  async function discard({ id, sequence }: DeadLetter, why: string): Promise<void> {
    await client.post(`/operations/${service}/dead-letters/{letter}/discard`, {
      path: { letter: id },
      body: { why },
    })
    announcement.value = t.operations.discardedOf(String(sequence))
    void read()
  }

  useEffect(() => {
    if (open) void read()
  }, [open, unhandled, chosen, settled])

  return (
    <details class="letters" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t.operations.showDeadLetters}</summary>
      {open && (
        <LetterGroups
          service={service}
          groups={groups}
          chosen={chosen}
          choose={setChosen}
          onEnd={() => void read()}
        />
      )}
      <ListState items={page?.items} error={error} empty={t.operations.none} />
      <ul>
        {page?.items.map((letter) => (
          <LetterItem
            key={letter.id}
            service={service}
            letter={letter}
            retry={() => retry(letter)}
            discard={(why) => discard(letter, why)}
          />
        ))}
      </ul>
      {page?.next && (
        <button type="button" onClick={() => void read(page.next)}>
          {t.operations.loadOlder}
        </button>
      )}
      {open && <OperatorActions service={service} changed={settled + unhandled} />}
    </details>
  )
}
