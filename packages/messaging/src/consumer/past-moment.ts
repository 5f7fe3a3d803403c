/**
 * A moment that has passed. Its `time()`, in ms since 1970, becomes earlier when the clock is set back: the time that
 * was read at first would lie in the future then, and claim what has not happened yet. It never becomes later.
 */
export function pastMoment(): { time(): number; ageMs(): number } {
  const [at, since] = [Date.now(), performance.now()]
  const ageMs = () => performance.now() - since
  // Date.now() is rounded down.
  return { time: () => Math.min(at, Math.ceil(Date.now() - ageMs())), ageMs }
}
