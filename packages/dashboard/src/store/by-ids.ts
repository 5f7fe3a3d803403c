import type { Abortable, Collection, FindOptions } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'

// SecantusDB compares each document with every id of its command: 0.2 ms a document with 250 ids, 0.06 ms with 25.
const idsPerQuery = 25

/** The documents with these ids, in no particular order; ids without a document are left out. */
export async function byIds(
  views: Collection<OrderView>,
  ids: readonly string[],
  options: FindOptions & Abortable = {},
): Promise<OrderView[]> {
  const parts: string[][] = []
  for (let i = 0; i < ids.length; i += idsPerQuery) parts.push(ids.slice(i, i + idsPerQuery))
  const found = parts.map(($in) => views.find({ _id: { $in } }, options).toArray())
  return (await Promise.all(found)).flat()
}
