import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Hono } from 'hono'
import { recordingLog } from '../testing/log.ts'
import { logCommands } from './command-log.ts'

const { log, lines } = recordingLog()
const app = new Hono()
app.use((c, next) => {
  c.set('caller', { subject: 'kim', role: 'branch', branchId: '7', signedInUntil: 5 })
  return next()
})
app.use(logCommands(log))
app.get('/orders', (c) => c.json([]))
app.post('/orders', (c) => c.json({}, 201, { location: '/orders/an-order', 'event-id': 'an-event' }))
app.post('/orders/:id/cancel', () => {
  throw new Error('refused')
})
app.onError((_, c) => c.json({}, 409))

describe('the log of commands', () => {
  it('has a line for each that may change something: who, what, and the outcome', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const headers = { 'x-request-id': 'a-request', traceparent, authorization: 'Bearer a-secret' }
    await app.request('/orders')
    await app.request('/orders', { method: 'POST', headers, body: 'a body' })
    await app.request('/orders/an-order/cancel', { method: 'POST', headers })
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const who = { subject: 'kim', role: 'branch', branchId: '7', requestId: 'a-request', traceId }
    assert.deepEqual(
      lines.map(({ level, time, pid, hostname, ...fields }) => fields),
      [
        {
          ...who,
          method: 'POST',
          path: '/orders',
          status: 201,
          orderId: 'an-order',
          eventId: 'an-event',
          msg: 'command answered',
        },
        {
          ...who,
          method: 'POST',
          path: '/orders/an-order/cancel',
          status: 409,
          orderId: 'an-order',
          msg: 'command answered',
        },
      ],
    )
  })
})
