import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Action, type Caller, callerSchema, isInScope, scopeOf } from './scope.ts'

const branch: Caller = { subject: 'kim', role: 'branch', branchId: '1' }
const courier: Caller = { subject: 'lee', role: 'courier' }
const operator: Caller = { subject: 'park', role: 'operator' }
const own = { branchId: '1' }

const table: Record<Action, { branch: unknown; courier: unknown }> = {
  'place-orders': { branch: own, courier: 'none' },
  'read-orders': { branch: own, courier: 'none' },
  'cancel-orders': { branch: own, courier: 'none' },
  'read-payments': { branch: own, courier: 'none' },
  'read-deliveries': { branch: own, courier: 'all' },
  'end-deliveries': { branch: 'none', courier: 'all' },
  'read-views': { branch: own, courier: 'none' },
  operate: { branch: 'none', courier: 'none' },
}

describe('the scope of an action', () => {
  for (const [action, may] of Object.entries(table) as [Action, (typeof table)[Action]][])
    it(`is as agreed for ${action}`, () => {
      assert.deepEqual(scopeOf(branch, action), may.branch)
      assert.deepEqual(scopeOf(courier, action), may.courier)
      assert.equal(scopeOf(operator, action), 'all')
    })

  it('of a branch is its own orders', () => {
    assert.equal(isInScope(own, '1'), true)
    assert.equal(isInScope(own, '01'), false)
    assert.equal(isInScope('all', '2'), true)
    assert.equal(isInScope('none', '1'), false)
  })

  it('has to be all for a thing whose branch is unknown', () => {
    assert.equal(isInScope(own, undefined), false)
    assert.equal(isInScope('all', undefined), true)
  })
})

describe('a caller', () => {
  it('with the role branch has to name the branch', () => {
    assert.equal(callerSchema.safeParse({ subject: 'kim', role: 'branch' }).success, false)
    assert.equal(callerSchema.safeParse({ subject: 'kim', role: 'branch', branchId: '' }).success, false)
  })

  it('has a subject and a known role', () => {
    for (const bad of [
      { role: 'operator' },
      { subject: '', role: 'operator' },
      { subject: 'kim', role: 'admin' },
    ])
      assert.equal(callerSchema.safeParse(bad).success, false)
  })
})
