/**
 * How long to wait before try `attempt + 1`: doubles from `firstMs` to at most `mostMs`, with up to half of it
 * taken off at random, so that what failed together does not come back together.
 * @param attempt tries so far, from 1
 */
export function retryDelay(
  attempt: number,
  { firstMs = 200, mostMs = 30_000, random = Math.random } = {},
): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full * (1 - random() / 2))
}
