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

function signedBy(signing: typeof nudger.privateKey | undefined, event = nudge('k', 3)): SignedMessage {
  const headers = toHeaders(event, 'nudger')
  const data = encode(JSON.stringify(event.data))
  eventSigner({ signing, trusted: {} })?.(event.subject, headers, data)
  return { subject: event.subject, headers, data }
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

function withSignature(text: string): SignedMessage {
  const message = signedBy(nudger.privateKey)
  message.headers?.set('ce-signature', text)
  return message
}
