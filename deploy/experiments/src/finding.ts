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
