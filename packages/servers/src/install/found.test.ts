import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fromEnvironment } from './found.ts'

it('describes the server without its password', () => {
  const env = { MONGODB_URL: 'mongodb+srv://user:p%40ss@a.example:27017,b.example/?tls=true' }
  const found = fromEnvironment('MONGODB_URL', 'MongoDB', env)
  assert.equal(found?.what, 'MongoDB at a.example:27017,b.example')
  assert.equal(found?.why, 'MONGODB_URL is set')
})

it('finds nothing with an empty variable', () => {
  assert.equal(fromEnvironment('NATS_URL', 'NATS', { NATS_URL: '' }), undefined)
})
