import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Caller } from '@saucery/contracts/access/scope'
import type { Cause } from '@saucery/messaging/events/event'
import { Hono } from 'hono'
import { causeOf } from './request-id.ts'

const caller: Caller = { subject: 'kim', role: 'branch', branchId: '7', signedInUntil: 5 }
const app = new Hono()
app.use((c, next) => {
  c.set('caller', caller)
  return next()
})
app.get('/cause', (c) => c.json(causeOf(c)))

describe('a request as the cause of events', () => {
  const causeFor = async (headers: Record<string, string>) =>
    (await (await app.request('/cause', { headers })).json()) as Cause

  it('keeps its id and its trace, and names who sent it', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const cause = await causeFor({ 'x-request-id': 'a-1.b_2', traceparent })
    assert.match(cause.id, /^request:a-1\.b_2:[\w-]{22}$/)
    assert.equal(cause.traceparent, traceparent)
    assert.deepEqual(cause.requestedBy, { subject: 'kim', role: 'branch', branchId: '7' })
  })

  it('never looks like an event or a deadline as the cause, whatever its client calls it', async () => {
    for (const id of ['01936f5e-8a41-7d02-8f6b-2c3d4e5f6a7b', 'payment-deadline', 'provider-retry'])
      assert.match((await causeFor({ 'x-request-id': id })).id, /^request:/)
  })

  it('gets a new id for a missing or unusable one', async () => {
    for (const unusable of ['', 'a b', 'ü', 'x'.repeat(101)]) {
      const cause = await causeFor(unusable === '' ? {} : { 'x-request-id': unusable })
      assert.match(cause.id, /^request:[0-9a-f-]{36}:/)
    }
  })
})
