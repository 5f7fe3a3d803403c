/** The version of the dashboard's documents. Raise it when other documents are computed from the same events. */
export const projectionVersion = 1

/** The name of the durable consumers, one on each stream, that fill the documents of one version. */
export const durableOf = (version: number): string => (version === 1 ? 'dashboard' : `dashboard-v${version}`)

/** Consumers that the dashboard uses: of this version, and of its neighbours during a deploy or a rollback. */
export const durablesInUse = [projectionVersion - 1, projectionVersion, projectionVersion + 1]
  .filter((version) => version > 0)
  .map(durableOf)

/** Consumers that the dashboard may delete: those of every version up to the next one, skipped versions too. */
export const removableDurables = Array.from({ length: projectionVersion + 1 }, (_, i) => durableOf(i + 1))
