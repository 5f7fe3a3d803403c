import assert from 'node:assert/strict'
import { it } from 'node:test'
import { choreographyTable } from '../build/choreography-table.ts'
import { servicesIn } from './drilled-services.ts'

const of = (drill: Parameters<typeof servicesIn>[0]) => servicesIn(drill, choreographyTable)
const publishers = choreographyTable.flatMap(({ service, stream }) => (stream ? service : []))

it('knows which services a drill is about', () => {
  assert.deepEqual(of({ kind: 'load' }), ['order'])
  assert.deepEqual(of({ kind: 'payment-slow' }), ['payment'])
  assert.deepEqual(of({ kind: 'deliveries-fail' }), ['delivery'])
  assert.deepEqual(of({ kind: 'handler-throws', service: 'dashboard' }), ['dashboard'])
  assert.deepEqual(of({ kind: 'frozen', server: 'mongodb' }), ['dashboard'])
  assert.deepEqual(of({ kind: 'frozen', server: 'nats' }), [...publishers, 'dashboard'])
  assert.deepEqual(of({ kind: 'frozen', server: 'postgres' }), publishers)
})
