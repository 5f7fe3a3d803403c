import { MongoBulkWriteError, MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb'

export const duplicateKey = 11_000

/** Whether the server, not the command, was at fault: waiting helps. */
export const isStoreOutage = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  // The driver wraps what ended a bulk write, or kept it from being durable.
  (error instanceof MongoBulkWriteError &&
    (isStoreOutage(error.errorResponse) || error.result.getWriteConcernError() !== undefined)) ||
  error instanceof MongoServerSelectionError ||
  (error instanceof MongoError && (passingNames.has(error.name) || passingCodes.has(error.code ?? 0))) ||
  (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError'))

// What members of a replica set answer while they choose a primary or stop; the driver labels it for retries of its own.
// https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md#retryable-error
const passingCodes = new Set<number | string>([
  6, 7, 89, 91, 134, 189, 262, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
])

const passingNames = new Set(['MongoNotConnectedError', 'MongoPoolClearedError', 'MongoTopologyClosedError'])
