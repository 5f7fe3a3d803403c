import { markdownTable } from '@saucery/bench/report/markdown'

/** A figure of an experiment. `kept`: whether it is as promised; undefined where nothing is promised. */
export interface Finding {
  readonly what: string
  readonly figure: string | number
  readonly kept?: boolean | undefined
}

/** A figure without a promise. */
export const reported = (what: string, figure: string | number): Finding => ({ what, figure })

export const promised = (what: string, figure: string | number, kept: boolean): Finding => ({
  what,
  figure,
  kept,
})

/** The time since then (`Date.now()`), as a figure in seconds. */
export const secondsSince = (then: number): string => `${Math.round((Date.now() - then) / 1000)} s`

/** `3 DELIVERED, 1 FAILED`: what has been counted at all. */
export const tally = (counts: Readonly<Record<string, number>>, sign = ' '): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count}${sign}${name}`)
    .join(', ')

export function findingsTable(findings: readonly Finding[]): string {
  const promise = ({ kept }: Finding) => (kept === undefined ? '' : kept ? 'kept' : 'BROKEN')
  const rows = findings.map((finding) => [finding.what, String(finding.figure), promise(finding)])
  return markdownTable(['left', 'left', 'left'], [['', 'found', 'promise'], ...rows])
}

export const isKept = (findings: readonly Finding[]): boolean => findings.every(({ kept }) => kept !== false)
