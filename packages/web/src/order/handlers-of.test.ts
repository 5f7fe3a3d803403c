import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { choreographyTable } from '../build/choreography-table.ts'
import { handlersOf } from './handlers-of.ts'

describe('the services that handle an event', () => {
  it('are those of the contracts that keep an inbox', () => {
    assert.deepEqual(handlersOf('OrderPlaced', choreographyTable), ['payment'])
    assert.deepEqual(handlersOf('PaymentApproved', choreographyTable), ['order', 'delivery'])
    assert.deepEqual(handlersOf('CancellationRefused', choreographyTable), [])
  })
})
