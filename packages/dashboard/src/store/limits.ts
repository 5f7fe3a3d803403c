/**
 * The server ends the query, and it is given up where the server does not answer. The driver's `timeoutMS` has no effect
 * on a cursor.
 */
export function limitedTo(maxTimeMS: number, aborting?: AbortSignal) {
  const late = AbortSignal.timeout(maxTimeMS + 1000)
  return { maxTimeMS, signal: aborting ? AbortSignal.any([late, aborting]) : late }
}
