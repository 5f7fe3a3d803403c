import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { testMongo } from '@saucery/servers/testing/servers'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import { serverBehind } from '../testing/mongo.ts'
import { additionsFor, addStory, deadlines, expected, story } from '../testing/stories.ts'
import { type OrderView, viewOf } from '../view/order-view.ts'
import { waitsFor } from '../view/waits-for.ts'
import { openViews, type ViewStore } from './view-store.ts'
import type { Addition } from './view-writer.ts'

const mongo = await testMongo()
const replicas = [openViews(mongo.url), openViews(mongo.url), openViews(mongo.url)] as const
const [views] = replicas
after(async () => {
  await Promise.all(replicas.map(({ close }) => close()))
  await mongo[Symbol.asyncDispose]()
})

/** Some orders' events, some of them twice on the stream: in any order, with repetitions, shared by replicas. */
const arrivals = fc.integer({ min: 1, max: 12 }).chain((orders) => {
  const once = Array.from({ length: orders }, () => additionsFor(uuidv7())).flat()
  return fc
    .record({ size: fc.integer({ min: 1, max: 12 }), twice: fc.subarray(once), repeated: fc.subarray(once) })
    .chain(({ size, twice, repeated }) => {
      const again = twice.map(({ orderId, entry }) => ({ orderId, entry: { ...entry, sequence: 1 } }))
      const additions = [...once, ...again]
      const all = [...additions, ...repeated]
      const exactly = { minLength: all.length, maxLength: all.length }
      return fc
        .tuple(fc.shuffledSubarray(all, exactly), fc.array(fc.nat(replicas.length - 1), exactly))
        .map(([shuffled, takers]) => ({
          size,
          additions,
          shares: replicas.map((_, replica) => shuffled.filter((_, i) => takers[i] === replica)),
        }))
    })
})

/** Adds them in groups of a few, so that the other replicas come in between. */
async function addInGroups(store: ViewStore, additions: readonly Addition[], size: number): Promise<void> {
  for (let i = 0; i < additions.length; i += size)
    await Promise.all(additions.slice(i, i + size).map(store.add))
}

async function assertComplete(additions: readonly Addition[], message?: string): Promise<void> {
  for (const orderId of new Set(additions.map((addition) => addition.orderId)))
    assert.deepEqual(await views.find(orderId), expected(orderId, additions), message)
}

describe('the store', () => {
  it('names the server that it was tested on', async (t) => {
    t.diagnostic(await serverBehind(mongo.url))
  })

  // A third replica makes conflicts of conflicts.
  it("two replicas that share an order's events end in the same document", async (t) => {
    const first = Date.now() % 1_000_000_000
    t.diagnostic(`seeds from ${first}`)
    for (let seed = first; seed < first + 25; seed++)
      for (const { size, additions, shares } of fc.sample(arrivals, { seed, numRuns: 1 })) {
        await Promise.all(replicas.map((replica, i) => addInGroups(replica, shares[i] ?? [], size)))
        await assertComplete(additions, `seed ${seed}`)
      }
  })

  it('one replica’s repetitions change nothing', async () => {
    const additions = additionsFor(uuidv7())
    await Promise.all([...additions, ...additions].map(views.add))
    await Promise.all(additions.map(views.add))
    await assertComplete(additions)
  })

  it('one write takes many orders at once', async () => {
    const additions = Array.from({ length: 300 }, () => additionsFor(uuidv7())).flat()
    await Promise.all(additions.map(views.add))
    await assertComplete(additions)
  })

  it('one order that cannot be written holds back no other that is written with it', async () => {
    const additions = Array.from({ length: 20 }, () => additionsFor(uuidv7())).flat()
    const bad = additions[50]?.orderId
    const store = openViews(mongo.url, {
      version: 1,
      view(orderId, timeline) {
        if (orderId === bad) throw new TypeError('a bug')
        return viewOf(orderId, timeline)
      },
    })
    const added = await Promise.allSettled(additions.map(store.add))
    await store.close()
    const failed = additions.filter((_, i) => added[i]?.status === 'rejected')
    assert.deepEqual(new Set(failed.map(({ orderId }) => orderId)), new Set([bad]))
    await assertComplete(additions.filter(({ orderId }) => orderId !== bad))
  })

  it('amounts beyond 32 bits are kept exactly', async () => {
    const orderId = uuidv7()
    const [entry] = story(orderId, ['OrderPlaced'])
    assert.ok(entry)
    const data = { ...entry.data, qty: 1_000_000, price: 2 ** 32 + 1, amount: Number.MAX_SAFE_INTEGER }
    await views.add({ orderId, entry: { ...entry, data } })
    assert.deepEqual(await views.find(orderId), expected(orderId, [{ orderId, entry: { ...entry, data } }]))
  })

  it('an order that was never placed is not found', async () => {
    assert.equal(await views.find(uuidv7()), undefined)
  })

  it('lists the newest first, by status and by branch, after a cursor', async () => {
    const branchId = 'listed'
    const orderIds: string[] = []
    for (let i = 0; i < 5; i++) {
      const names = i % 2 ? (['OrderPlaced', 'PaymentApproved'] as const) : (['OrderPlaced'] as const)
      orderIds.unshift(await addStory(views, names, ({ data }) => ({ data: { ...data, branchId } })))
    }
    const found = async (filter: object) =>
      (await views.list({ limit: 10, branchId, ...filter })).map(({ _id }) => _id)
    assert.deepEqual(await found({}), orderIds)
    assert.deepEqual(await found({ limit: 2 }), orderIds.slice(0, 2))
    assert.deepEqual(await found({ cursor: orderIds[1] }), orderIds.slice(2))
    assert.deepEqual(await found({ status: 'PAID' }), [orderIds[1], orderIds[3]])
    assert.deepEqual(await found({ status: 'DELIVERED' }), [])
    assert.deepEqual(await found({ branchId: 'nowhere' }), [])
  })

  it('lists every order, also while all of them change', async () => {
    const branchId = 'moving'
    const stories = Array.from({ length: 30 }, () => {
      const orderId = uuidv7()
      const steps = ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted', 'DeliveryCompleted'] as const
      return story(orderId, steps).map((entry) => ({
        orderId,
        entry: { ...entry, data: { ...entry.data, branchId } },
      }))
    })
    const step = (i: number) =>
      Promise.all(stories.map(([...additions]) => views.add(additions[i] as Addition)))
    await step(0)
    const all = stories.map(([addition]) => addition?.orderId).reverse()
    let isMoving = true
    const moving = (async () => {
      for (const i of [1, 2, 3]) await step(i)
      isMoving = false
    })()
    let lists = 0
    for (; isMoving; lists++)
      assert.deepEqual(
        (await replicas[1].list({ limit: 100, branchId })).map(({ _id }) => _id),
        all,
      )
    await moving
    assert.ok(lists > 0)
  })

  it('finds overdue exactly the orders that wait too long, and counts them', async () => {
    const branchId = 'late'
    const now = Date.UTC(2026, 0, 1, 1)
    const counted = async () =>
      (await views.countOverdue({ deadlines, now })).reduce((sum, { count }) => sum + count, 0)
    const before = await counted()
    // Published from just within to just beyond each deadline, some with a deadline of their own for the payment.
    const ages = [-1, 0, 1].flatMap((off) => Object.values(deadlines).map((ms) => ms + off))
    const stored: OrderView[] = []
    for (const names of standings)
      for (const age of ages)
        for (const payBy of [undefined, new Date(now - 1).toISOString(), new Date(now).toISOString()]) {
          const orderId = await addStory(views, names, ({ data: { payBy: known, ...data } }) => ({
            time: new Date(now - age).toISOString(),
            data: { ...data, branchId, ...(payBy && known ? { payBy } : {}) },
          }))
          stored.push((await views.find(orderId)) as OrderView)
        }
    const late = stored.filter((view) => waitsFor(view, deadlines, now)?.overdue).map(({ _id }) => _id)
    assert.ok(late.length > 20 && late.length < stored.length / 2, `${late.length} of ${stored.length}`)
    const found = await views.list({ limit: 200, branchId, overdue: { deadlines, now } })
    assert.deepEqual(
      found.map(({ _id }) => _id),
      late.reverse(),
    )
    assert.equal((await counted()) - before, late.length)
  })
})

/** Histories that lead to every status. */
const standings = [
  ['OrderPlaced'],
  ['OrderPlaced', 'PaymentApproved'],
  ['OrderPlaced', 'PaymentApproved', 'DeliveryStarted'],
  ['OrderPlaced', 'PaymentApproved', 'OrderCancelled'],
  ['OrderPlaced', 'PaymentApproved', 'DeliveryFailed'],
  ['OrderPlaced', 'PaymentDeclined'],
] as const
