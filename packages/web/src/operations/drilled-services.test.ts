import assert from 'node:assert/strict'
import { it } from 'node:test'
import { servicesIn } from './drilled-services.ts'

it('knows which services a drill is about', () => {
  assert.deepEqual(servicesIn({ kind: 'load' }), ['order'])
  assert.deepEqual(servicesIn({ kind: 'payment-slow' }), ['payment'])
  assert.deepEqual(servicesIn({ kind: 'deliveries-fail' }), ['delivery'])
  assert.deepEqual(servicesIn({ kind: 'handler-throws', service: 'dashboard' }), ['dashboard'])
  assert.deepEqual(servicesIn({ kind: 'frozen', server: 'mongodb' }), ['dashboard'])
  assert.equal(servicesIn({ kind: 'frozen', server: 'nats' }).length, 4)
  assert.equal(servicesIn({ kind: 'frozen', server: 'postgres' }).length, 3)
})
