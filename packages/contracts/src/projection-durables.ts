/** Of the dashboard's documents: a change of what is computed from the events is a new version. */
export const projectionVersion = 1

/** The durable consumers, one on each stream, that fill the documents of a version and no other's. */
export const durableOf = (version: number): string => (version === 1 ? 'dashboard' : `dashboard-v${version}`)

/** Before, during and after a deploy of the next version, and before a way back from this one. */
export const durablesInUse = [projectionVersion - 1, projectionVersion, projectionVersion + 1]
  .filter((version) => version > 0)
  .map(durableOf)

/** A version that was skipped goes too, whoever is the next to be ready. */
export const removableDurables = Array.from({ length: projectionVersion + 1 }, (_, i) => durableOf(i + 1))
