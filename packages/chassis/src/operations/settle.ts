import type { DeadLetterEntry, DeadLetterOutcome } from '@saucery/messaging/dead-letters/catalog'
import { letterOf } from '@saucery/messaging/dead-letters/catalog'
import { importDeadLetters } from '@saucery/messaging/dead-letters/import'
import { publishNotice } from './notices.ts'
import type { OperatedService } from './operated.ts'

/** Who settles a letter, and why it is discarded. */
export interface Settling {
  readonly by: string
  readonly why?: string | undefined
}

/** What became of a letter: settled now, or before in this way. */
export type Settled = { readonly outcome: DeadLetterOutcome; readonly isNew: boolean }

/**
 * Retries a letter: the service handles its event once, however often this is called.
 * @throws ReprocessingFailed, KeyBusy or an outage of a store
 */
export async function retryLetter(
  operated: OperatedService,
  entry: DeadLetterEntry,
  { by }: Settling,
): Promise<Settled> {
  const before = await settledBefore(operated, entry)
  if (before) return before
  const { service, catalog } = operated
  const record = await catalog.read(entry.id)
  const letter = record && letterOf(service, record, entry.sequence, Date.parse(entry.savedAt))
  if (!letter) return { outcome: 'handled', isNew: false }
  await operated.reprocess(letter)
  return settle(operated, entry, { outcome: 'handled', by })
}

/** Gives a letter up: no retry of many reaches it any longer. */
export async function discardLetter(
  operated: OperatedService,
  entry: DeadLetterEntry,
  { by, why }: Settling,
): Promise<Settled> {
  return (
    (await settledBefore(operated, entry)) ??
    (await settle(operated, entry, { outcome: 'discarded', by, why }))
  )
}

async function settledBefore(
  operated: OperatedService,
  { id }: DeadLetterEntry,
): Promise<Settled | undefined> {
  // As it is now: another replica may have settled it since the list was read.
  const entry = await operated.catalog.find(id)
  if (!entry) return { outcome: 'handled', isNew: false }
  if (entry.outcome) return { outcome: entry.outcome, isNew: false }
  if (!(await operated.handledAmong([entry])).has(entry.eventId)) return undefined
  await operated.catalog.settle([id], { outcome: 'handled' })
  return { outcome: 'handled', isNew: false }
}

async function settle(
  operated: OperatedService,
  { id, orderId, event }: DeadLetterEntry,
  settlement: Settling & { readonly outcome: DeadLetterOutcome },
): Promise<Settled> {
  const { outcome } = settlement
  const isNew = (await operated.catalog.settle([id], settlement)).length > 0
  if (isNew) publishNotice(operated, { service: operated.service, id, orderId, event, outcome })
  return { outcome, isNew }
}

/** So many letters are looked through in one go, in windows of the stream and in rows. */
const refreshed = { windows: 8, rows: 200 }

/** Brings into the catalog what an older release saved, and what only the stream has. */
export async function refreshCatalog({ broker, catalog }: OperatedService): Promise<void> {
  await catalog.describeOlder(refreshed.rows)
  if (broker.isConnected()) await importDeadLetters(broker, catalog, refreshed.windows)
}

/**
 * Marks those open letters as handled whose event was handled in another way than by a retry: by a replay, or once the
 * read model was built again.
 * @param after where the last look ended; the next one begins there
 * @returns where this look ended; undefined at the end
 */
export async function settleHandled(
  { catalog, handledAmong }: Pick<OperatedService, 'catalog' | 'handledAmong'>,
  after?: DeadLetterEntry,
): Promise<DeadLetterEntry | undefined> {
  const page = await catalog.page({ state: 'open' }, { limit: refreshed.rows, sort: 'oldest', after })
  await markHandled({ catalog, handledAmong }, page)
  return page.length < refreshed.rows ? undefined : page.at(-1)
}

/** @returns the letters, with what became of the open ones meanwhile */
export async function markHandled(
  { catalog, handledAmong }: Pick<OperatedService, 'catalog' | 'handledAmong'>,
  entries: readonly DeadLetterEntry[],
): Promise<DeadLetterEntry[]> {
  const open = entries.filter(({ outcome }) => outcome === undefined)
  const handled = await handledAmong(open)
  const found = open.filter(({ eventId }) => handled.has(eventId)).map(({ id }) => id)
  await catalog.settle(found, { outcome: 'handled' })
  const ids = new Set(found)
  return entries.map((entry) => (ids.has(entry.id) ? { ...entry, outcome: 'handled' } : entry))
}
