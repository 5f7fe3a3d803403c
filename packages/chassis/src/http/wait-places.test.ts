import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openWaitPlaces, type WaitKeys } from './wait-places.ts'

describe('the places of waits', () => {
  const taken = (keys: WaitKeys, places = openWaitPlaces(100)) => {
    let count = 0
    while (places.take(keys)) count++
    return count
  }

  it('are a tenth for one caller, a fifth for one branch, and limited in all', () => {
    const places = openWaitPlaces(100)
    assert.equal(taken({ caller: 'a', branchId: '1' }, places), 10)
    assert.equal(taken({ caller: 'b', branchId: '1' }, places), 10)
    assert.equal(taken({ caller: 'c', branchId: '1' }, places), 0)
    assert.equal(taken({ caller: 'c', branchId: '2' }, places), 10)
    assert.equal(taken({}, places), 70)
    assert.equal(places.inUse(), 100)
  })

  it('come back once, however often they are given back', () => {
    const places = openWaitPlaces(10)
    const release = places.take({ caller: 'a' })
    assert.equal(taken({ caller: 'a' }, places), 0)
    release?.()
    release?.()
    assert.equal(places.inUse(), 0)
    assert.equal(taken({ caller: 'a' }, places), 1)
  })

  it('of one caller do not depend on a branch with the same name', () => {
    const places = openWaitPlaces(10)
    assert.equal(taken({ caller: 'a' }, places), 1)
    assert.equal(taken({ branchId: 'a' }, places), 2)
  })
})
