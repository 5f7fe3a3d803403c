import type { PublishedContracts } from './published-contracts.ts'
import { schemaChanges } from './schema-changes.ts'

/** A change after which messages that are on the streams, or replicas of the release before, are not understood. */
export interface ContractBreak {
  readonly event: string
  /** Absent where all versions are concerned. */
  readonly version?: number
  readonly field: string
  /** The rest of a sentence that begins with the field. */
  readonly change: string
  /** What to do instead. */
  readonly remedy: string
}

/** The changes that break a published contract; none when the two can be deployed and replayed side by side. */
export function contractBreaks(released: PublishedContracts, current: PublishedContracts): ContractBreak[] {
  return [
    ...[...released.events.keys()].flatMap((event) => eventBreaks(event, released, current)),
    ...schemaChanges(released.headers, current.headers).map(({ field, change }) => ({
      event: 'every event',
      field: `header ${field}`,
      change,
      remedy: 'Restore it. Headers have no version: add an optional header beside it.',
    })),
  ]
}

function eventBreaks(event: string, released: PublishedContracts, current: PublishedContracts) {
  const [before, after] = [released.events.get(event), current.events.get(event)]
  if (!before) return []
  if (!after) return [removed(event)]
  const places = (['subject', 'stream', 'publisher'] as const).filter((of) => before[of] !== after[of])
  const next = Math.max(...before.versions.keys()) + 1
  const versions = [...before.versions].flatMap(([version, schema]): ContractBreak[] => {
    const now = after.versions.get(version)
    if (now === undefined) return [unreadable(event, version)]
    return schemaChanges(schema, now).map(({ field, change }) => ({
      event,
      version,
      field: field === '' ? 'data' : `field ${field}`,
      change,
      remedy: newVersion(event, version, next),
    }))
  })
  return [...places.map((of) => moved(event, of, before[of], after[of])), ...versions]
}

const removed = (event: string): ContractBreak => ({
  event,
  field: 'the event',
  change: 'was removed',
  remedy:
    'Declare it again, and list it in src/choreography.ts: its messages are still read from the streams. ' +
    'A new name is a new event beside it.',
})

const unreadable = (event: string, version: number): ContractBreak => ({
  event,
  version,
  field: 'the version',
  change: 'was removed',
  remedy: `Put its schema back into \`earlier\`, with its \`upcast\`: messages of version ${version} are still read.`,
})

const moved = (event: string, field: string, was: string, is: string): ContractBreak => ({
  event,
  field,
  change: `was ${was}, and is ${is}`,
  remedy: `Restore it: consumers look for the event there, and its messages keep their ${field}. Publish a new event beside it.`,
})

const newVersion = (event: string, version: number, next: number): string =>
  `Restore version ${version}. Put the change into version ${next}: the schema before it goes into \`earlier\` with ` +
  `an \`upcast\`, and samples/${event}.${next}.json shows the new one.`

/** What the current contracts have beyond the released ones, in order: `SauceWeighed`, `OrderPlaced 3`. */
export function contractAdditions(released: PublishedContracts, current: PublishedContracts): string[] {
  return [...current.events].flatMap(([event, { versions }]) => {
    const before = released.events.get(event)
    if (!before) return [event]
    return [...versions.keys()]
      .filter((version) => !before.versions.has(version))
      .map((version) => `${event} ${version}`)
  })
}
