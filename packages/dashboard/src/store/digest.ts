import { createHash } from 'node:crypto'
import { BSON, type Collection, type Document } from 'mongodb'

const pageSize = 1000

/** SHA-256 over the BSON of every document as the server keeps it, in order of the ids. */
export async function digestOf<T extends Document>(collection: Collection<T>) {
  const hash = createHash('sha256')
  let documents = 0
  // Pages by id, so that a server that sorts in memory sorts a thousand documents at a time and not all of them.
  const options = { raw: true, sort: { _id: 1 }, limit: pageSize } as const
  for (let after: unknown; ; ) {
    const filter = after === undefined ? {} : { _id: { $gt: after } }
    const page = (await collection.find(filter as never, options).toArray()) as unknown as Buffer[]
    for (const document of page) hash.update(document)
    documents += page.length
    const last = page.at(-1)
    if (!last || page.length < pageSize) return { documents, digest: hash.digest('hex') }
    after = BSON.deserialize(last)._id
  }
}
