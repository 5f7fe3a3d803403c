import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { digestOf } from '@saucery/dashboard/store/digest'
import { collectionOf } from '@saucery/dashboard/store/projection-registry'
import { openViews } from '@saucery/dashboard/store/view-store'
import type { Addition } from '@saucery/dashboard/store/view-writer'
import { serverBehind } from '@saucery/dashboard/testing/mongo'
import { additionsFor } from '@saucery/dashboard/testing/stories'
import { anyOrder } from '@saucery/messaging/testing'
import { testMongo } from '@saucery/servers/testing/servers'
import { MongoClient } from 'mongodb'
import { v7 as uuidv7 } from 'uuid'

const server = await testMongo()
const client = new MongoClient(server.url)
after(async () => {
  for (const name of ['once', 'shuffled']) await client.db(`${server.database}_${name}`).dropDatabase()
  await client.close()
  await server[Symbol.asyncDispose]()
})

const digest = (name: string) =>
  digestOf(client.db(`${server.database}_${name}`).collection<{ _id: string }>(collectionOf(1)))

/** Several replicas add the events, in groups. */
async function build(name: string, additions: readonly Addition[], replicas: number, size: number) {
  const url = new URL(server.url)
  url.pathname = `${server.database}_${name}`
  const stores = Array.from({ length: replicas }, () => openViews(url.href))
  await Promise.all(
    stores.map(async ({ add }, replica) => {
      const mine = additions.filter((_, i) => i % replicas === replica)
      for (let i = 0; i < mine.length; i += size) await Promise.all(mine.slice(i, i + size).map(add))
    }),
  )
  await Promise.all(stores.map(({ close }) => close()))
  return url.href
}

const names = ['OrderPlaced', 'PaymentApproved', 'PaymentDeclined', 'DeliveryStarted'] as const

// More than one page.
const orders = Array.from({ length: 1100 }, () => additionsFor(uuidv7(), names))
const published = orders.flat()
// An event that a stream holds twice has two sequences; a build uses the lower one, whichever comes first.
const twice = published
  .filter((_, i) => i % 7 === 0)
  .map(({ orderId, entry }) => ({ orderId, entry: { ...entry, sequence: 1000 } }))

describe('the digest of the read model', () => {
  it('names the server that it was tested on', async (t) => {
    t.diagnostic(await serverBehind(server.url))
  })

  it('is the same for two builds from the same streams, in whatever order the events came', async () => {
    await build('once', [...published, ...twice], 1, 20_000)
    await build('shuffled', anyOrder([...published, ...twice]), 2, 2000)
    const [a, b] = [await digest('once'), await digest('shuffled')]
    assert.equal(a.documents, orders.length)
    assert.deepEqual(a, b)
  })

  it('is printed by a command that takes no secret as an argument', async () => {
    const url = await build('once', [], 1, 1)
    const file = fileURLToPath(new URL('digest.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
      env: { ...process.env, MONGODB_URL: url },
    })
    const { documents, digest: wanted } = await digest('once')
    assert.match(stdout, /^version +1\ncollection +orders_v1\n/)
    assert.match(stdout, new RegExp(`documents +${documents}\ndigest +${wanted}\n$`))
  })

  it('differs when one byte differs', async () => {
    const before = await digest('shuffled')
    const orderId = orders[600]?.[0]?.orderId ?? ''
    const documents = client.db(`${server.database}_shuffled`).collection<{ _id: string }>(collectionOf(1))
    const { matchedCount } = await documents.updateOne(
      { _id: orderId },
      { $set: { 'timeline.3.cause': 'b-test' } },
    )
    assert.equal(matchedCount, 1)
    const changed = await digest('shuffled')
    assert.equal(changed.documents, before.documents)
    assert.notEqual(changed.digest, before.digest)
    await documents.updateOne({ _id: orderId }, { $set: { 'timeline.3.cause': 'a-test' } })
    assert.deepEqual(await digest('shuffled'), before)
  })
})
