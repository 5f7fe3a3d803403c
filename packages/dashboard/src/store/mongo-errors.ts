import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb'

export const duplicateKey = 11_000
export const namespaceNotFound = 26
export const indexNotFound = 27
const maxTimeExpired = 50

/** Whether the server was at fault and not the command: the same command may succeed later. */
export const isStoreOutage = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  // The driver wraps the error that ended a bulk write, and the one that kept it from being durable.
  (error instanceof MongoBulkWriteError &&
    (isStoreOutage(error.errorResponse) || error.result.getWriteConcernError() !== undefined)) ||
  error instanceof MongoServerSelectionError ||
  (error instanceof MongoError &&
    (outageNames.has(error.name) ||
      outageCodes.has(error.code ?? 0) ||
      error.hasErrorLabel('RetryableWriteError')))

/** Whether a query ran longer than it may: ended by the server, or given up. */
export const isTimeLimit = (error: unknown): boolean =>
  error instanceof MongoError
    ? error.name === 'MongoOperationTimeoutError' || error.code === maxTimeExpired
    : error instanceof Error && error.name === 'TimeoutError'

/**
 * Which documents of an insert exist already, by their places in it.
 * @throws the error if anything else failed as well
 */
export function duplicatesIn(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError)) throw error
  const failures = [error.writeErrors].flat()
  // Without write errors the connection failed.
  // (outage.int.test: "writes … at the second try when the connection breaks at the …")
  if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error
  // The documents that were inserted may be lost with a primary.
  if (error.result.getWriteConcernError()) throw error
  return failures.map(({ index }) => index)
}

// What a replica set answers while it elects a primary or stops. The driver labels these errors for its own retries only.
// https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md#retryable-error
const outageCodes = new Set<number | string>([
  6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
])

const outageNames = new Set([
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoTopologyClosedError',
  'MongoOperationTimeoutError',
])

/** For `catch`: an error of this code is none. */
export const unless = (expected: number) => (error: { code?: unknown }) => {
  if (error.code !== expected) throw error
}
