import type { ComponentChildren } from 'preact'

interface TableProps<T> {
  readonly caption?: string
  readonly items: readonly T[]
  readonly keyOf: (item: T) => string
  readonly columns: Readonly<Record<string, (item: T) => ComponentChildren>>
}

/** A table with a row for each item. Each column has a name and makes its cell; the first one names the row. */
export function Table<T>({ caption, items, keyOf, columns }: TableProps<T>) {
  const cells = Object.entries(columns)
  return (
    <table>
      {caption && <caption>{caption}</caption>}
      <thead>
        <tr>
          {cells.map(([name]) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={keyOf(item)}>
            {cells.map(([name, cell], i) => {
              const Cell = i === 0 ? 'th' : 'td'
              return (
                <Cell key={name} scope={i === 0 ? 'row' : undefined}>
                  {cell(item)}
                </Cell>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
