import { isFinal } from '@saucery/contracts/status'
import { type ByStatus, countOf } from './load/gateway.ts'

/** What an experiment found out, and whether it is as promised; undefined where nothing is promised. */
export interface Finding {
  readonly what: string
  readonly figure: string | number
  readonly kept?: boolean | undefined
}

/** A figure that is only told. */
export const told = (what: string, figure: string | number): Finding => ({ what, figure })

/** A figure that the promise depends on. */
export const promised = (what: string, figure: string | number, kept: boolean): Finding => ({
  what,
  figure,
  kept,
})

/** How many of each, without those of which there are none. */
export const tally = (counts: Readonly<Record<string, number>>, sign = ' '): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count}${sign}${name}`)
    .join(', ')

/** That so many orders which somebody was told of are there, and have ended. */
export function accepted(hits: number, byStatus: ByStatus): Finding[] {
  const ended = countOf(byStatus, isFinal)
  const missing = Math.max(0, hits - countOf(byStatus))
  const open = countOf(byStatus) - ended
  return [
    promised('accepted orders that nobody knows', missing, missing === 0),
    promised('orders without an end', open, open === 0),
    told('ended', tally(byStatus)),
  ]
}

/** The findings as a Markdown table. */
export function table(findings: readonly Finding[]): string {
  const rows = [
    ['', 'found', 'promise'],
    ...findings.map(({ what, figure, kept }) => [
      what,
      String(figure),
      kept === undefined ? '' : kept ? 'kept' : 'BROKEN',
    ]),
  ]
  const widths = [0, 1, 2].map((i) => Math.max(3, ...rows.map((row) => (row[i] as string).length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`
  const [head, ...body] = rows.map(line)
  return [head, line(widths.map((width) => '-'.repeat(width))), ...body].join('\n')
}

export const isKept = (findings: readonly Finding[]): boolean => findings.every(({ kept }) => kept !== false)
