import assert from 'node:assert/strict'
import { it } from 'node:test'
import { accessFromUrl } from './nats-users.ts'

it('takes the credentials out of the URL, for all users', () => {
  const { url, users } = accessFromUrl('nats://me:p%40ss@a:4222,nats://me:p%40ss@b:4222')
  assert.equal(url, 'nats://a:4222,nats://b:4222')
  assert.deepEqual(users.order, { user: 'me', password: 'p@ss' })
  assert.deepEqual(users.provisioner, users.order)
})

it('needs no credentials', () => {
  const { url, users } = accessFromUrl('nats://a:4222')
  assert.equal(url, 'nats://a:4222')
  assert.deepEqual(users.order, { user: undefined, password: undefined })
})
