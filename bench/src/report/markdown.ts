/** A Markdown table: one alignment per column, then the header row and the rows below it. */
export function markdownTable(columns: readonly ('left' | 'right')[], rows: readonly string[][]): string {
  const rule = columns.map((side) => (side === 'left' ? '---' : '---:'))
  const [head = [], ...body] = rows
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}
