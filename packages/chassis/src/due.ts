/** How often to look for what is due after `ms`: late by a tenth at most, and by 10 s. */
export const lookEveryMs = (ms: number): number => Math.min(10_000, 100 + ms / 10)

/**
 * Changes each of what is due. One that somebody else was faster with refuses, and the others go on.
 * @throws the first failure that is no refusal, when all have been tried
 */
export async function changeEach(
  due: readonly string[],
  change: (key: string) => Promise<unknown>,
  isRefusal: (error: unknown) => boolean,
): Promise<void> {
  const results = await Promise.allSettled(due.map(change))
  for (const result of results)
    if (result.status === 'rejected' && !isRefusal(result.reason)) throw result.reason
}
