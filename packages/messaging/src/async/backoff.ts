/**
 * The delay in ms before try `attempt + 1`. It doubles from `firstMs` to `maxMs`, and a random part of up to a half
 * is subtracted, so that calls that failed together are not retried together.
 * @param attempt the number of tries so far, from 1
 */
export function retryDelay(attempt: number, { firstMs = 200, maxMs = 30_000, random = Math.random } = {}) {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full * (1 - random() / 2))
}
