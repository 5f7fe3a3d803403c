import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type JsMsg, type MsgHdrs, headers as newHeaders } from 'nats'
import { Nudged, nudge } from '../testing/counters.ts'
import { testKeys } from '../testing/keys.ts'
import { actorText, requestCause } from './actor.ts'
import { parseMessage, toHeaders, UnknownKind, Unprocessable } from './cloud-events.ts'
import type { Event } from './event.ts'
import { eventSigner, eventVerifier } from './signature.ts'

const expected = { publisher: 'nudger', events: [Nudged], verify: eventVerifier(testKeys) }
const sign = eventSigner(testKeys)

/** The part of a stream's message that `parseMessage` reads, signed by its publisher. */
function messageOf(event: Event, headers: MsgHdrs = toHeaders(event, 'nudger'), text?: string): JsMsg {
  const data = new TextEncoder().encode(text ?? JSON.stringify(event.data))
  sign?.([{ subject: event.subject, headers, data }])
  return {
    subject: event.subject,
    headers,
    data,
    info: {
      stream: 'NUDGES',
      streamSequence: 7,
      deliveryCount: 1,
      timestampNanos: (Date.parse(event.time) + 0.5) * 1e6,
    },
  } as unknown as JsMsg
}

function withHeader(event: Event, name: string, value: string): JsMsg {
  const headers = toHeaders(event, 'nudger')
  if (value === '') headers.delete(name)
  else headers.set(name, value)
  return messageOf(event, headers)
}

const reading = (message: JsMsg) => () => parseMessage(message, expected)

describe('a message', () => {
  it('is read as the event that was written, with its position in the stream', () => {
    const event = nudge('k', 3)
    assert.deepEqual(parseMessage(messageOf(event), expected), {
      ...event,
      stream: 'NUDGES',
      sequence: 7,
      deliveries: 1,
    })
  })

  it('carries CloudEvents headers', () => {
    const event = nudge('k')
    const headers = toHeaders(event, 'nudger')
    const wanted = {
      'ce-specversion': '1.0',
      'ce-id': event.id,
      'ce-type': 'Nudged',
      'ce-source': '/nudger',
      'ce-time': event.time,
      'ce-dataschema': 'urn:event:Nudged:1',
      'ce-causationid': event.causationId,
      traceparent: event.traceparent,
    }
    assert.deepEqual(Object.fromEntries(headers.keys().map((name) => [name, headers.get(name)])), wanted)
  })

  it('brings the actor of the request that caused it, and is unprocessable with another actor', () => {
    const kim = { subject: 'kim', role: 'branch', branchId: '7' }
    const { id, requestedBy } = requestCause('a-request', '', kim)
    const event = { ...nudge('k'), causationId: id, actor: requestedBy }
    assert.deepEqual(parseMessage(messageOf(event), expected).actor, kim)
    // A release without actors publishes what is in the outbox without its actor.
    assert.equal(parseMessage(withHeader(event, 'ce-actor', ''), expected).actor, undefined)
    const lee = actorText({ ...kim, subject: 'lee' })
    for (const text of [lee, 'no JSON', '{}'])
      assert.throws(reading(withHeader(event, 'ce-actor', text)), /^Unprocessable: forged/)
    const caused = withHeader(nudge('k'), 'ce-actor', lee)
    assert.throws(reading(caused), Unprocessable)
  })

  it('needs little more than a type, a source and an id', () => {
    const headers = newHeaders()
    headers.set('ce-type', 'Nudged')
    headers.set('ce-source', '/nudger')
    headers.set('ce-id', 'from-elsewhere')
    const event = nudge('k')
    const { id, causationId, traceparent, time, version } = parseMessage(messageOf(event, headers), expected)
    assert.deepEqual(
      { id, causationId, traceparent, time, version },
      { id: 'from-elsewhere', causationId: 'from-elsewhere', traceparent: '', time: event.time, version: 1 },
    )
  })

  it('is identified by ce-id, not by its message id', () => {
    const event = nudge('k')
    assert.equal(parseMessage(withHeader(event, 'Nats-Msg-Id', 'another'), expected).id, event.id)
  })

  it('is unprocessable when it cannot be read', () => {
    const event = nudge('k')
    const wrong = {
      'no headers': { ...messageOf(event), headers: undefined } as unknown as JsMsg,
      'an unknown type': withHeader(event, 'ce-type', 'Shouted'),
      'no type': withHeader(event, 'ce-type', ''),
      'no id': withHeader(event, 'ce-id', ''),
      'an id that no database takes': withHeader(event, 'ce-id', 'a b\u0001'),
      'an id as long as a page': withHeader(event, 'ce-id', 'x'.repeat(4000)),
      'a further token in its subject': messageOf({ ...event, subject: 'nudges.given.a.k' }),
      'a version before the first': withHeader(event, 'ce-dataschema', 'urn:event:Nudged:0'),
      'a version that is no number': withHeader(event, 'ce-dataschema', 'urn:event:Nudged:new'),
      'invalid data': messageOf({ ...event, data: { by: 'much' } }),
      'no JSON': messageOf(event, undefined, '{'),
    }
    for (const [what, message] of Object.entries(wrong)) assert.throws(reading(message), Unprocessable, what)
  })

  it('may be of a kind or version that a newer replica knows, if its publisher signed it', () => {
    const event = nudge('k')
    const newer = [
      messageOf({ ...event, name: 'Praised', subject: 'nudges.praised.k' }),
      withHeader(event, 'ce-dataschema', 'urn:event:Nudged:2'),
    ]
    for (const message of newer) {
      assert.throws(reading(message), UnknownKind)
      message.headers?.set('ce-signature', 'forged')
      assert.throws(reading(message), { name: 'Forged' })
    }
  })

  for (const [published, read] of [
    ['2026-01-31T12:00:00.250Z', '2026-01-31T12:00:00.250Z'],
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T21:00:00.1234567+09:00', '2026-01-31T12:00:00.123Z'],
  ] as const)
    it(`has its time in one form when that is ${published}`, () => {
      assert.equal(parseMessage(withHeader(nudge('k'), 'ce-time', published), expected).time, read)
    })

  for (const time of ['yesterday', '2026-13-01T00:00:00Z', '31일 오후 12시', '+010000-01-01T00:00:00Z'])
    it(`is unprocessable when its time is ${time}`, () => {
      assert.throws(reading(withHeader(nudge('k'), 'ce-time', time)), /ce-time is not a time/)
    })
})
