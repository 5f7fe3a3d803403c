/** The value below which a share `p` of the values lies, by nearest rank: one of the values, never between two. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = Math.max(Math.ceil(p * sorted.length), 1)
  return sorted[rank - 1] ?? Number.NaN
}

export type Spread = ReturnType<typeof spreadOf>

export const spreadOf = (values: readonly number[]) => ({
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
})

export const perSecond = (count: number, ms: number): number => (count * 1000) / ms

type Figures<Name extends string> = Partial<Record<Name, number | undefined>>

/** How much each figure grew, per unit. Figures that are missing before or after are left out. */
export function growthPer<Name extends string>(
  units: number,
  before: Figures<Name>,
  after: Figures<Name>,
): Partial<Record<Name, number>> {
  const grown = Object.entries<number | undefined>(after).flatMap(([name, value]) => {
    const was = before[name as Name]
    return was === undefined || value === undefined ? [] : [[name, (value - was) / units]]
  })
  return Object.fromEntries(grown)
}
