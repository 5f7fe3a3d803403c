import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anyOrder, everyOrder } from './every-order.ts'

const events = ['a', 'b', 'c'].map((name) => ({ name }))

const textsOf = (orders: Iterable<{ name: string }[]>) =>
  [...orders].map((order) => order.map(({ name }) => name).join(''))

describe('every order', () => {
  it('is each permutation', () => {
    assert.deepEqual(textsOf(everyOrder(events, { times: 1 })), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
  })

  it('is each permutation with each event once or twice', () => {
    const two = 'aabb aab abab abba abb aba ab baab baba bab bbaa bba baa ba'.split(' ')
    assert.deepEqual(new Set(textsOf(everyOrder(events.slice(0, 2)))), new Set(two))
    const three = textsOf(everyOrder(events))
    assert.equal(new Set(three).size, three.length)
    // Six letters aabbcc in 90 ways, one of them once in 3 × 30, two in 3 × 12, all in 6.
    assert.equal(three.length, 222)
  })

  it('is a sample with a seed where there are more than the limit, the same for the same seed', () => {
    const lines: string[] = []
    const options = { limit: 50, print: (line: string) => lines.push(line) }
    const first = textsOf(everyOrder(events, options))
    assert.equal(first.length, 50)
    assert.ok(first.every((order) => ['a', 'b', 'c'].every((name) => order.includes(name))))
    const seed = Number(
      /^everyOrder: 50 of 222 orders; to repeat these: \{ seed: (\d+) \}$/.exec(lines.join())?.[1],
    )
    assert.deepEqual(textsOf(everyOrder(events, { ...options, seed })), first)
    assert.notDeepEqual(textsOf(everyOrder(events, { ...options, seed: seed + 1 })), first)
  })

  it('names the order at which a test failed', () => {
    const lines: string[] = []
    const test = () => {
      for (const order of everyOrder(events, { print: (line) => lines.push(line) }))
        assert.notEqual(order[0]?.name, 'b')
    }
    assert.throws(test)
    assert.match(lines.join(), /^everyOrder: ended at order \d+: b/)
  })

  it('is one empty order of no events', () => {
    assert.deepEqual([...everyOrder([])], [[]])
  })
})

describe('any order', () => {
  it('has each of any number of events once or twice, and is the same for the printed seed', () => {
    const many = Array.from({ length: 3000 }, (_, name) => ({ name }))
    const lines: string[] = []
    const order = anyOrder(many, { print: (line) => lines.push(line) })
    assert.equal(new Set(order).size, 3000)
    assert.ok(order.length > 4000 && order.length < 5000, `${order.length}`)
    const seed = Number(/seed: (\d+)/.exec(lines.join())?.[1])
    assert.deepEqual(anyOrder(many, { seed, print: () => {} }), order)
  })
})
