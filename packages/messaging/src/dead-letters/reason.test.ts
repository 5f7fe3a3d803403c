import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Forged, UnknownKey, UnknownKind, Unprocessable } from '../events/cloud-events.ts'
import { deadLetterReason, deadLetterReasons } from './reason.ts'

it('every error that makes a dead letter has one reason of a closed list', () => {
  const errors = [
    new Forged(),
    new UnknownKind(),
    new UnknownKey(),
    new Unprocessable(),
    new TypeError('a bug'),
  ]
  assert.deepEqual(errors.map(deadLetterReason), deadLetterReasons)
  for (const thrown of [undefined, 'text', 7, {}]) assert.equal(deadLetterReason(thrown), 'handler-failed')
})
