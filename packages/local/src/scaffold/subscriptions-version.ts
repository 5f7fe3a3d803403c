import { subscriptionsDigest } from '@saucery/contracts/documents/subscriptions-digest'
import type { Draft } from './plan.ts'
import { replaceOnce } from './source-text.ts'

interface ConsumedNames {
  readonly service: string
  readonly consumes: readonly string[]
}

/**
 * Changes the version of the subscriptions, and the digest that tells when it has to change.
 * @param consumed what each service consumes then
 * @param added events that the dashboard consumes then, too: it consumes all
 */
export function setSubscriptions(
  draft: Draft,
  by: 1 | -1,
  consumed: readonly ConsumedNames[],
  added: readonly string[],
): void {
  const next = (version: string | undefined) => `${Number(version) + by}`
  draft.edit('packages/contracts/src/choreography.ts', (text) =>
    replaceOnce(text, /(?<=const subscriptionsVersion = )\d+/, next),
  )
  const digest = subscriptionsDigest(
    consumed.map(({ service, consumes }) => ({
      service,
      consumes: service === 'dashboard' ? [...consumes, ...added] : consumes,
    })),
  )
  draft.edit('packages/contracts/src/choreography.test.ts', (text) =>
    replaceOnce(
      text,
      /new Set\(\[(\d+)\]\), '[0-9a-f]{8}'/,
      (_, version) => `new Set([${next(version)}]), '${digest}'`,
    ),
  )
}
