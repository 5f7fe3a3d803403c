import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { nudge } from '../testing/counters.ts'
import { toHeaders } from './cloud-events.ts'
import { eventSigner, eventVerifier, keyIdOf, type SignedMessage } from './signature.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const nudger = generateKeyPairSync('ed25519')
const former = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const trusted = { nudger: [nudger.publicKey, former.publicKey], other: [other.publicKey] }
const verify = eventVerifier({ trusted })
const now = new Date('2026-01-02T00:00:00Z')

function messageOf(event = nudge('k', 3)) {
  const headers = toHeaders(event, 'nudger')
  return { subject: event.subject, headers, data: encode(JSON.stringify(event.data)) }
}

function signedBy(signing: typeof nudger.privateKey | undefined): SignedMessage {
  const message = messageOf()
  eventSigner({ signing, trusted: {} })?.([message])
  return message
}

/** So many events with one signature. */
function signedTogether(count: number) {
  const messages = Array.from({ length: count }, (_, i) => messageOf(nudge('k', i)))
  eventSigner({ signing: nudger.privateKey, trusted: {} })?.(messages)
  return messages
}

describe('the signature of an event', () => {
  it('is accepted from its publisher only', () => {
    assert.equal(verify(signedBy(nudger.privateKey), 'nudger', now), 'signed')
    assert.equal(verify(signedBy(nudger.privateKey), 'other', now), 'unknown-key')
    assert.equal(verify(signedBy(other.privateKey), 'nudger', now), 'unknown-key')
    assert.equal(verify(signedBy(undefined), 'nudger', now), 'unsigned')
    assert.equal(verify({ subject: 'nudges.given.k', data: encode('{}') }, 'nudger', now), 'unsigned')
  })

  it('is accepted from both keys while one replaces the other', () => {
    assert.notEqual(keyIdOf(former.publicKey), keyIdOf(nudger.publicKey))
    assert.equal(keyIdOf(former.privateKey), keyIdOf(former.publicKey))
    assert.equal(verify(signedBy(former.privateKey), 'nudger', now), 'signed')
  })

  it('covers the subject, the payload and every header that a handler acts on', () => {
    const message = signedBy(nudger.privateKey)
    assert.equal(verify({ ...message, subject: 'nudges.given.another' }, 'nudger', now), 'forged')
    assert.equal(verify({ ...message, data: encode('{"by":4}') }, 'nudger', now), 'forged')
    const acted = toHeaders(nudge('k'), 'nudger')
      .keys()
      .filter((name) => name.startsWith('ce-') && name !== 'ce-specversion')
    assert.equal(acted.length, 6)
    for (const name of acted) {
      const changed = signedBy(nudger.privateKey)
      changed.headers?.set(name, `${changed.headers.get(name)}x`)
      assert.equal(verify(changed, 'nudger', now), 'forged', name)
    }
  })

  it('is no longer accepted when it is cut, or not a signature', () => {
    for (const text of ['x', 'AAAA', '*'])
      assert.equal(verify(withSignature(text), 'nudger', now), 'forged', text)
  })

  it('may be missing from what the stream stored before a time', () => {
    const lenient = eventVerifier({ trusted, unsignedUntil: now })
    assert.equal(lenient(signedBy(undefined), 'nudger', new Date(now.getTime() - 1)), 'signed')
    assert.equal(lenient(signedBy(undefined), 'nudger', now), 'unsigned')
    assert.equal(lenient(withSignature('x'), 'nudger', new Date(0)), 'forged')
  })
})

describe('a signature of several events', () => {
  it('is accepted for each of them, in any order and without the others', () => {
    for (let count = 2; count < 40; count++) {
      const messages = signedTogether(count)
      assert.equal(new Set(messages.map(({ headers }) => headers.get('ce-signature'))).size, 1)
      const readers = [verify, eventVerifier({ trusted })]
      for (const read of readers)
        assert.ok(messages.toReversed().every((message) => read(message, 'nudger', now) === 'signed'))
    }
  })

  it('is accepted for no event that was changed, also when its group is known', () => {
    const messages = signedTogether(5)
    for (const { subject, headers, data } of messages) {
      assert.equal(verify({ subject, headers, data }, 'nudger', now), 'signed')
      assert.equal(verify({ subject, headers, data: encode('{"by":9}') }, 'nudger', now), 'forged')
    }
    const [one, other] = messages
    assert.ok(one && other)
    one.headers.set('ce-inclusionproof', other.headers.get('ce-inclusionproof'))
    assert.equal(verify(one, 'nudger', now), 'forged')
  })

  it('is accepted with no key but the one that made it', () => {
    const [message] = signedTogether(2)
    assert.ok(message)
    assert.equal(verify(message, 'nudger', now), 'signed')
    assert.equal(verify(message, 'other', now), 'unknown-key')
    message.headers.set('ce-keyid', keyIdOf(former.publicKey))
    assert.equal(verify(message, 'nudger', now), 'forged')
  })

  it('is refused with what is no proof', () => {
    const [message] = signedTogether(3)
    const proof = message?.headers.get('ce-inclusionproof') ?? ''
    assert.equal(proof.length, 88)
    for (const text of ['x', `${proof}R`, proof.slice(1), proof.slice(0, 44), proof.repeat(9)]) {
      message?.headers.set('ce-inclusionproof', text)
      assert.equal(message && verify(message, 'nudger', now), 'forged', text)
    }
    message?.headers.delete('ce-inclusionproof')
    assert.equal(message && verify(message, 'nudger', now), 'forged')
  })
})

function withSignature(text: string): SignedMessage {
  const message = signedBy(nudger.privateKey)
  message.headers?.set('ce-signature', text)
  return message
}
