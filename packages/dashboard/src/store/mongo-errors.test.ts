import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MongoBulkWriteError, MongoServerError } from 'mongodb'
import { duplicateKey, duplicatesIn, isStoreOutage } from './mongo-errors.ts'

/** The part of a bulk write's result that is read. */
const written = (notDurable?: object) => ({ getWriteConcernError: () => notDurable }) as never

describe('an error of the store', () => {
  for (const [name, code] of [
    ['PrimarySteppedDown', 189],
    ['NotWritablePrimary', 10107],
    ['InterruptedAtShutdown', 11600],
    ['InterruptedDueToReplStateChange', 11602],
    ['NotPrimaryNoSecondaryOk', 13435],
    ['NotPrimaryOrSecondary', 13436],
    ['ShutdownInProgress', 91],
  ] as const)
    it(`is an outage where a replica set answers ${name}`, () => {
      const error = new MongoServerError({ code, message: name })
      assert.ok(isStoreOutage(error), 'alone')
      assert.ok(isStoreOutage(new MongoBulkWriteError(error, written())), 'within a bulk write')
    })

  it('is an outage where a bulk write was done, but not by a majority', () => {
    const notDurable = { code: 64, errmsg: 'waiting for replication timed out' }
    const duplicate = { code: 11000, message: 'E11000', writeErrors: [] }
    assert.ok(isStoreOutage(new MongoBulkWriteError(duplicate, written(notDurable))))
    assert.ok(!isStoreOutage(new MongoBulkWriteError(duplicate, written())))
  })

  it('is no outage where the command is at fault', () => {
    for (const code of [9, 17419, 10334])
      assert.ok(!isStoreOutage(new MongoServerError({ code, message: 'a bug' })), String(code))
    assert.ok(!isStoreOutage(new TypeError('a bug')), 'a bug')
  })
})

describe('an insert that failed', () => {
  const duplicate = { index: 1, code: duplicateKey }
  const failed = (writeErrors: object[], notDurable?: object) =>
    new MongoBulkWriteError(
      { code: duplicateKey, message: 'E11000', writeErrors } as never,
      written(notDurable),
    )

  it('names the documents that exist already', () => {
    assert.deepEqual(duplicatesIn(failed([duplicate, { index: 3, code: duplicateKey }])), [1, 3])
  })

  it('is no mere duplicate when anything else failed as well', () => {
    for (const error of [
      new TypeError('a bug'),
      failed([]),
      failed([duplicate, { index: 2, code: 10_334 }]),
      failed([duplicate], { code: 64, errmsg: 'waiting for replication timed out' }),
    ])
      assert.throws(
        () => duplicatesIn(error),
        (thrown) => thrown === error,
      )
  })
})
