// What is published as `@saucery/client`. The scenarios and the `fetch` for load tests are this repository's own.
export type { Client, ClientOptions, Fetch, Posted } from './client.ts'
export { openClient } from './client.ts'
export { CallRefused, ifFound, Unreachable } from './errors.ts'
export { followLive, type LiveConnection, type LiveOptions } from './live.ts'
export type { LiveBatch, LiveQuery } from './read-live.ts'
export {
  isTransient,
  onceIfUnanswered,
  type RetryPolicy,
  retryAfterMs,
  whileBusy,
  whileTransient,
} from './retry.ts'
export type * from './schemas.ts'
