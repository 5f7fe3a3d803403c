import type { Collection } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import { duplicateKey, unless } from './mongo-errors.ts'

interface Milestone {
  readonly _id: string
}

/** Marks that the orders from before there were milestones have theirs. No order has this id. */
const complete = 'complete'

/** How old the list of a process may be: the orders of other replicas since then make one window longer. */
const maxAgeMs = 5000

/** The ends of UUIDv7s are random, so one order of 256 is a milestone, and every process finds the same ones. */
export const isMilestone = (orderId: string): boolean => orderId.endsWith('00')

export type Milestones = ReturnType<typeof openMilestones>

/**
 * The collection `milestones`: ids of orders, about 256 orders apart, so that a list knows which range of ids has about
 * how many orders. They only say how much is read at once: a list with none, or with old ones, is the same list.
 */
export function openMilestones(
  milestones: Collection<Milestone>,
  served: () => Collection<OrderView>,
  now = () => performance.now(),
) {
  let known: readonly string[] = []
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const insert = (ids: readonly string[]) =>
    milestones
      .insertMany(
        ids.map((_id) => ({ _id })),
        { ordered: false },
      )
      .catch(unless(duplicateKey))

  async function read(): Promise<void> {
    const began = now()
    let ids = (await milestones.find().toArray()).map(({ _id }) => _id)
    if (!ids.includes(complete)) {
      const older = served().find({ _id: { $regex: '00$' } }, { projection: { _id: 1 } })
      ids = [...ids, ...(await older.toArray()).map(({ _id }) => _id)]
      await insert([...new Set(ids), complete])
    }
    known = inOrder([...known, ...ids])
    readAt = began
  }

  return {
    /** Adds those of these orders that are milestones. */
    async add(orderIds: readonly string[]): Promise<void> {
      const ids = orderIds.filter(isMilestone)
      if (ids.length === 0) return
      await insert(ids)
      known = inOrder([...known, ...ids])
    },

    /** All of them, the newest first. Only the first call waits for the store. */
    async all(): Promise<readonly string[]> {
      if (now() - readAt > maxAgeMs)
        reading ??= read().finally(() => {
          reading = undefined
        })
      if (readAt === Number.NEGATIVE_INFINITY) await reading
      else reading?.catch(() => {})
      return known
    },
  }
}

const inOrder = (ids: readonly string[]): string[] =>
  [...new Set(ids)].filter((id) => id !== complete).sort((a, b) => (a < b ? 1 : -1))
