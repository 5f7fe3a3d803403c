import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { Nudged, nudge } from '../testing/counters.ts'
import { testKey, testKeys } from '../testing/keys.ts'
import { parseEvent, toHeaders, UnknownKey, Unprocessable } from './cloud-events.ts'
import { eventSigner, eventVerifier } from './signature.ts'

const expected = { publisher: 'nudger', events: [Nudged], verify: eventVerifier(testKeys) }
const now = new Date('2026-01-02T00:00:00Z')

/** Reads a nudge of this source, signed with this key, in which something was changed after that. */
function read({ source = 'nudger', signing = testKey, by = 3, header = '' } = {}) {
  const event = nudge('k', 3)
  const headers = toHeaders(event, source)
  const signed = new TextEncoder().encode(JSON.stringify(event.data))
  eventSigner({ signing, trusted: {} })?.([{ subject: event.subject, headers, data: signed }])
  if (header) headers.set(header, '1')
  const data = new TextEncoder().encode(JSON.stringify({ by }))
  return parseEvent({ subject: event.subject, headers, data }, expected, now)
}

const refuses = (text: RegExp) => (error: unknown) =>
  error instanceof Unprocessable && text.test(error.message)

describe('an event', () => {
  it('is read when its publisher signed it', () => {
    assert.equal(read().data.by, 3)
  })

  it('is refused when it was changed, or another service names itself as its source', () => {
    assert.throws(() => read({ by: 4 }), refuses(/^forged: nudger did not sign it/))
    assert.throws(() => read({ source: 'other' }), refuses(/^only nudger publishes on .* not \/other/))
  })

  it('is tried again when its key is not known yet', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    assert.throws(() => read({ signing: privateKey }), UnknownKey)
  })

  for (const header of [
    'Nats-Stream',
    'Nats-Subject',
    'Nats-Sequence',
    'Nats-Time-Stamp',
    'Nats-Num-Pending',
  ])
    it(`is refused, though it is signed, when it has ${header}, as an answer of the server has`, () => {
      assert.throws(() => read({ header }), refuses(new RegExp(`^an answer of the server.* ${header}$`)))
    })
})
