import { createHash } from 'node:crypto'
import { BSON, type Collection, type Document } from 'mongodb'

export interface Digest {
  readonly documents: number
  readonly digest: string
}

/** SHA-256 over the BSON of every document as the server keeps it, in order of their ids. */
export async function digestOf<T extends Document>(collection: Collection<T>): Promise<Digest> {
  const hash = createHash('sha256')
  let documents = 0
  // Ranges by id: a server that sorts in memory does so with a thousand at a time.
  const raw = { raw: true, sort: { _id: 1 }, limit: idsAtOnce } as const
  for (let after: unknown; ; ) {
    const filter = after === undefined ? {} : { _id: { $gt: after } }
    const page = await collection.find(filter as never, raw).toArray()
    for (const document of page as unknown as Buffer[]) hash.update(document)
    documents += page.length
    if (page.length < idsAtOnce) return { documents, digest: hash.digest('hex') }
    after = BSON.deserialize(page.at(-1) as unknown as Buffer)._id
  }
}

const idsAtOnce = 1000
