/** A Markdown table with padded cells. The first row is the header; `columns` says how each column is aligned. */
export function markdownTable(columns: readonly ('left' | 'right')[], rows: readonly string[][]): string {
  const widths = columns.map((_, i) => Math.max(3, ...rows.map((row) => row[i]?.length ?? 0)))
  const pad = (cell: string, i: number) =>
    columns[i] === 'left' ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  const rule = columns.map((side, i) => (side === 'left' ? '-' : ':').padStart(widths[i] ?? 0, '-'))
  const [head = [], ...body] = rows.map((row) => row.map(pad))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
