import assert from 'node:assert/strict'
import { it } from 'node:test'
import { withDatabase } from './url.ts'

const named = (url: string) => withDatabase(url, 'dashboard')

it('puts the database into the path', () => {
  assert.equal(named('mongodb://a:1'), 'mongodb://a:1/dashboard')
  assert.equal(named('mongodb://a:1,b:2/?replicaSet=r'), 'mongodb://a:1,b:2/dashboard?replicaSet=r')
})

it('leaves a database that is named already', () => {
  assert.equal(named('mongodb+srv://u:p@a/mine?x=1'), 'mongodb+srv://u:p@a/mine?x=1')
})

it('keeps the database that knows the user', () => {
  assert.equal(named('mongodb://u:p@a:1'), 'mongodb://u:p@a:1/dashboard?authSource=admin')
  assert.equal(named('mongodb://u:p@a/?authSource=x'), 'mongodb://u:p@a/dashboard?authSource=x')
})
