import { mutantsOf } from '../mutant.ts'

const dashboardSource = 'packages/dashboard/src'

/** What the dashboard writes, and which of its documents it keeps. */
export const dashboard = [
  ...mutantsOf(`${dashboardSource}/store/view-store.ts`, 'store/durability', [
    'a write is not confirmed by a majority',
    "writeConcern: { w: 'majority', journal: true }",
    'writeConcern: { w: 1 }',
  ]),
  ...mutantsOf(
    `${dashboardSource}/store/view-writer.ts`,
    'store/view-store',
    [
      'a replica overwrites what another one wrote meanwhile',
      'const filter = { _id, timeline: before.get(_id)?.timeline ?? [] }',
      'const filter = { _id }',
    ],
    [
      'an order that cannot be written holds back others',
      'if (orders.length === 1 || isStoreOutage(error))',
      'if (error)',
    ],
    [
      'an insert that another replica overtook is not repeated',
      '.flatMap((index) => added[index]?._id ?? [])',
      '.flatMap(() => [])',
    ],
    [
      'a replacement that another replica overtook is not repeated',
      'matchedCount === changed.length ? []',
      'matchedCount >= 0 ? []',
    ],
  ),
  ...mutantsOf(
    `${dashboardSource}/store/mongo-errors.ts`,
    'store/mongo-errors',
    [
      'the error of a write concern is ignored beside a duplicate',
      'if (error.result.getWriteConcernError()) throw error',
      '',
    ],
    [
      'a write that no majority confirmed makes a dead letter',
      'error.result.getWriteConcernError() !== undefined',
      'false',
    ],
  ),
  ...mutantsOf(
    `${dashboardSource}/store/projection-registry.ts`,
    'store/projection-registry',
    [
      'a projection is dropped without looking at its last use',
      'const unused = { _id: version, usedAt: usedAt ?? { $exists: false } }',
      'const unused = { _id: version }',
    ],
    ['the correction of a time in the future corrects nothing', '{ $min: times }', '{ $max: times }'],
  ),
  ...mutantsOf(`${dashboardSource}/store/event-location.ts`, 'dashboard/src/reactions', [
    'an event keeps the sequence that it lost',
    'sequence < (sequences.get(id) ?? 0)',
    'sequence < 0',
  ]),
  ...mutantsOf(
    `${dashboardSource}/projection/next-step.ts`,
    'projection/next-step',
    [
      'a version that is still used is dropped',
      'record._id < version && isOver(lastUse(record))',
      'record._id < version',
    ],
    [
      'a time from before a clock was set back stays in the future',
      'latestTime(record) > now + clockMarginMs',
      'latestTime(record) > now + 1e12',
    ],
    ['a half-built version is read', "records.filter(({ state }) => state === 'ready')", 'records'],
  ),
  ...mutantsOf(
    `${dashboardSource}/view/order-view.ts`,
    'view/order-view',
    [
      'of an event that the stream holds twice, the last arrival counts',
      '!known || entry.sequence <= known.sequence',
      '!known',
    ],
    ['a timeline depends on the order of arrival', '.sort((a, b) => (a.id < b.id ? -1 : 1))', ''],
  ),
]
