import type { Abortable, Collection, FindOptions } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'

// SecantusDB compares each document with every id of its command: 0.2 ms a document with 250 ids, 0.06 ms with 25.
const idsPerQuery = 25

/** The documents with these ids, in no particular order; ids without a document are left out. */
export const byIds = (
  views: Collection<OrderView>,
  ids: readonly string[],
  options: FindOptions & Abortable = {},
): Promise<OrderView[]> => inParts(ids, ($in) => views.find({ _id: { $in } }, options).toArray())

/** What is found for these items, a few at a time. */
export async function inParts<Item>(
  items: readonly Item[],
  find: (part: Item[]) => Promise<OrderView[]>,
): Promise<OrderView[]> {
  const parts: Promise<OrderView[]>[] = []
  for (let i = 0; i < items.length; i += idsPerQuery) parts.push(find(items.slice(i, i + idsPerQuery)))
  return (await Promise.all(parts)).flat()
}
