import { percentile } from '@saucery/bench/report/statistics'
import type { PeerFigures } from '../measure/measure-peer.ts'

/** A peer's figures in each round. */
export interface PeerRounds {
  readonly name: string
  readonly title: string
  readonly less: string
  readonly rounds: readonly PeerFigures[]
}

export interface RoundRange {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Of the rounds that have the figure; undefined when none has. */
export function rangeOf(figures: readonly (number | undefined)[]): RoundRange | undefined {
  const known = figures.filter((figure) => figure !== undefined && !Number.isNaN(figure)) as number[]
  if (known.length === 0) return undefined
  return { median: percentile(known, 0.5), least: Math.min(...known), most: Math.max(...known) }
}

/** How many times the figure of the first is that of the other in the same round. */
export function ratioOf(first: PeerRounds, other: PeerRounds, figure: string): RoundRange | undefined {
  const ratios = first.rounds.map(
    (round, i) => (round[figure] ?? Number.NaN) / (other.rounds[i]?.[figure] ?? Number.NaN),
  )
  return rangeOf(ratios)
}
