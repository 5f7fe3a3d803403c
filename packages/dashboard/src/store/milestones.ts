import type { Collection } from 'mongodb'
import type { OrderView } from '../view/order-view.ts'
import { duplicateKey, unless } from './mongo-errors.ts'

interface Milestone {
  readonly _id: string
  /** Of the mark `complete`: from then on every process marks what it writes (touched.ts). */
  readonly countFrom?: Date
}

/** Marks that the orders from before there were milestones have theirs. No order has this id. */
const complete = 'complete'

/** Processes of a release that does not mark what it writes run beside this one for no longer. */
const upgradeMs = 10 * 60_000

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
  let countFrom = Number.POSITIVE_INFINITY

  const insert = (added: Milestone[]) =>
    milestones.insertMany(added, { ordered: false }).catch(unless(duplicateKey))

  async function read(): Promise<void> {
    const began = now()
    const found = await milestones.find().toArray()
    const mark = found.find(({ _id }) => _id === complete)
    countFrom = mark ? (mark.countFrom?.getTime() ?? 0) : await addOlder()
    known = inOrder([...known, ...found.map(({ _id }) => _id)])
    readAt = began
  }

  /** Adds the milestones among the orders of an earlier release. */
  async function addOlder(): Promise<number> {
    const older = await served()
      .find({ _id: { $regex: '00$' } }, { projection: { _id: 1 } })
      .toArray()
    known = inOrder([...known, ...older.map(({ _id }) => _id)])
    const mark = { _id: complete, countFrom: new Date(older.length > 0 ? Date.now() + upgradeMs : 0) }
    await insert([...older.map(({ _id }) => ({ _id })), mark])
    return mark.countFrom.getTime()
  }

  return {
    /** Adds those of these orders that are milestones. */
    async add(orderIds: readonly string[]): Promise<void> {
      const ids = orderIds.filter(isMilestone)
      if (ids.length === 0) return
      await insert(ids.map((_id) => ({ _id })))
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

    /** Whether every process marks what it writes. */
    mayCount: (): boolean => Date.now() >= countFrom,
  }
}

const inOrder = (ids: readonly string[]): string[] =>
  [...new Set(ids)].filter((id) => id !== complete).sort((a, b) => (a < b ? 1 : -1))
