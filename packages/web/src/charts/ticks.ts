const steps = [1, 2, 5, 10]

/** Two to six round values from 0 to at least the largest value. */
export function ticksTo(largest: number): number[] {
  const rough = Math.max(1, largest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  // Counts are whole.
  const step = Math.max(1, (steps.find((it) => it * power >= rough) ?? 10) * power)
  const marks: number[] = []
  for (let mark = 0; mark < largest + step; mark += step) marks.push(mark)
  return marks.length > 1 ? marks : [0, step]
}
