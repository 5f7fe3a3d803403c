import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readSiegeReport } from './siege.ts'

const expected = { hits: 1510, refused: 10, failed: 3, availability: 99.8, perSecond: 50.67, longestS: 1.2 }

describe('the report of siege', () => {
  it('is read when it is lines', () => {
    const output = `
Transactions:		        1520 hits
Availability:		       99.80 %
Elapsed time:		       30.00 secs
Transaction rate:	       50.67 trans/sec
Successful transactions:        1510
Failed transactions:	           3
Longest transaction:	        1.20
Shortest transaction:	        0.01`
    assert.deepEqual(readSiegeReport(output), expected)
  })

  it('is read when it is JSON', () => {
    const output = `{	"transactions":			        1520,
	"availability":			       99.80,
	"transaction_rate":		       50.67,
	"successful_transactions":	        1510,
	"failed_transactions":		           3,
	"longest_transaction":		        1.20 }`
    assert.deepEqual(readSiegeReport(output), expected)
  })

  it('is required', () => {
    assert.throws(
      () => readSiegeReport('siege: connection refused'),
      /did not report successful transactions/,
    )
  })
})
