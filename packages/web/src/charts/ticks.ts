const steps = [1, 2, 5, 10]

/** The end of an axis from 0 on that holds the largest value, and the values at which it is marked: two to six. */
export function ticksTo(largest: number): number[] {
  const rough = Math.max(1, largest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  // Counts are whole.
  const step = Math.max(1, (steps.find((it) => it * power >= rough) ?? 10) * power)
  const marks: number[] = []
  for (let mark = 0; mark < largest + step; mark += step) marks.push(mark)
  return marks.length > 1 ? marks : [0, step]
}
