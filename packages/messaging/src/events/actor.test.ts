import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { raised } from '../testing/counters.ts'
import { actorText, readActor, requestCause } from './actor.ts'
import { type Actor, stamp } from './event.ts'

const kim: Actor = { subject: 'kim', role: 'branch', branchId: '7' }
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

describe('the actor of an event', () => {
  it('is who sent the request that caused it', () => {
    const event = stamp(raised('k'), requestCause('a-request', trace, kim), new Date())
    assert.deepEqual(event.actor, kim)
    assert.match(event.causationId, /^request:a-request:/)
  })

  it('is nobody when another event caused it', () => {
    const cause = stamp(raised('k'), requestCause('a-request', trace, kim), new Date())
    assert.equal('actor' in stamp(raised('k'), cause, new Date()), false)
  })

  it('is read as it was written, in ASCII, whatever the subject is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }), (subject) => {
        const actor = { subject, role: 'operator' }
        const text = actorText(actor)
        assert.match(text, /^[ -~]+$/)
        assert.deepEqual(readActor(text, requestCause('id', trace, actor).id), actor)
      }),
    )
  })

  it('is the same text after a store has changed the order of its fields', () => {
    assert.equal(actorText({ branchId: '7', role: 'branch', subject: 'kim' }), actorText(kim))
  })

  it('is refused when it was changed on the way', () => {
    const { id } = requestCause('a-request', trace, kim)
    assert.equal(readActor(actorText({ ...kim, subject: 'lee' }), id), undefined)
    for (const cause of ['', '01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b', 'request:', id.slice(0, -1)])
      assert.equal(readActor(actorText(kim), cause), undefined)
  })
})
