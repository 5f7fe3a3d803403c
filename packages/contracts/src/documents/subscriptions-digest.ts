import { createHash } from 'node:crypto'

interface ConsumedBy {
  readonly service: string
  /** The names of events, in any order. */
  readonly consumes: readonly string[]
}

/** Changes with what any service consumes: then the version of the subscriptions has to be raised. */
export function subscriptionsDigest(services: readonly ConsumedBy[]): string {
  const lines = services.flatMap(({ service, consumes }) => consumes.map((event) => `${service} ${event}`))
  const sorted = lines.sort((a, b) => (a < b ? -1 : 1)).join('\n')
  return createHash('sha256').update(sorted).digest('hex').slice(0, 8)
}
