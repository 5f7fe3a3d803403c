import type { ProjectionRecord } from '../store/projection-registry.ts'

/** The projection as one process sees it. */
export interface ProjectionView {
  /** The version that the process builds. */
  readonly version: number
  /** The version whose documents it reads. */
  readonly served: number
  readonly records: readonly ProjectionRecord[]
  /** Whether the consumers that fill the version's documents are started here, and have caught up. */
  readonly isStarted: boolean
  readonly isCaughtUp: boolean
  readonly markUsedEveryMs: number
  /** How long an older version is kept after this one became ready and after its own last use. */
  readonly keepMs: number
}

export type ProjectionStep =
  /** Begin from the first event: the version is new, its removal began, or its database was lost. */
  | { readonly name: 'build' | 'mark-used' | 'consume' | 'mark-ready' }
  /** Read another version's documents: swap in the new ones, or go back. */
  | { readonly name: 'serve'; readonly version: number }
  /** Remove an older version that outlived its use; or correct times in the future, from before a clock was set back. */
  | { readonly name: 'drop' | 'date-again'; readonly record: ProjectionRecord }
  /** Nothing to do but wait: while the version is built, and after it is ready. */
  | { readonly name: 'catch-up' | 'keep-up' }

/** The clocks of the processes may differ by this. */
const clockMarginMs = 60_000

/** What a process does next. All that it depends on is shared, so any replica goes on where another stopped. */
export function nextStep(projection: ProjectionView, now: number): ProjectionStep {
  const { version, served, records, isStarted, isCaughtUp, markUsedEveryMs } = projection
  const own = records.find(({ _id }) => _id === version)
  if (!own || own.state === 'dropping') return { name: 'build' }
  const dated = records.find((record) => latestTime(record) > now + clockMarginMs)
  if (dated) return { name: 'date-again', record: dated }
  if (now - lastUse(own) >= markUsedEveryMs) return { name: 'mark-used' }
  if (!isStarted) return { name: 'consume' }
  if (own.state === 'building' && isCaughtUp) return { name: 'mark-ready' }
  const best = servedBy(version, records)
  if (best !== served) return { name: 'serve', version: best }
  const outlived = outlivedBy(own, projection, now)
  if (outlived) return { name: 'drop', record: outlived }
  return { name: own.state === 'building' ? 'catch-up' : 'keep-up' }
}

/**
 * The version whose documents a process of `version` reads: its own if they are complete, else the newest older ones
 * that are, else the oldest newer ones (the process is a rollback), else its own.
 */
export function servedBy(version: number, records: readonly ProjectionRecord[]): number {
  const ready = records.filter(({ state }) => state === 'ready').map(({ _id }) => _id)
  const older = ready.filter((one) => one <= version)
  if (older.length > 0) return Math.max(...older)
  return ready.length > 0 ? Math.min(...ready) : version
}

function outlivedBy(
  { readyAt }: ProjectionRecord,
  { version, records, keepMs }: ProjectionView,
  now: number,
) {
  const isOver = (since: number) => now - since >= keepMs
  if (readyAt === undefined || !isOver(readyAt.getTime())) return undefined
  return records.find((record) => record._id < version && isOver(lastUse(record)))
}

const lastUse = ({ begunAt, usedAt = begunAt }: ProjectionRecord) => usedAt.getTime()

const latestTime = ({ begunAt, readyAt = begunAt, usedAt = begunAt }: ProjectionRecord) =>
  Math.max(Number(begunAt), Number(readyAt), Number(usedAt))
