import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recent } from './lru-cache.ts'

describe('what is remembered', () => {
  it('is so until its time, and not in it', () => {
    const memory = recent<string>(10)
    memory.set('a', 'one', 1000)
    assert.equal(memory.get('a', 999), 'one')
    assert.equal(memory.get('a', 1000), undefined)
    assert.equal(memory.get('a', 999), undefined)
  })

  it('makes room for what is new, the one unused for the longest first', () => {
    const memory = recent<number>(2)
    for (const [i, key] of ['a', 'b'].entries()) memory.set(key, i, 1000)
    memory.get('a', 0)
    memory.set('c', 2, 1000)
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => memory.get(key, 0)),
      [0, undefined, 2],
    )
  })

  it('is the last that was said', () => {
    const memory = recent<number>(2)
    memory.set('a', 1, 1000)
    memory.set('a', 2, 2000)
    assert.equal(memory.get('a', 1500), 2)
  })
})
