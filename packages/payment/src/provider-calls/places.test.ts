import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openCallPlaces } from './places.ts'

const longMs = 60_000

describe('places', () => {
  it('are taken by as many as there are', async () => {
    const places = openCallPlaces(3)
    assert.deepEqual([places.takeFree(2), await places.take(0), places.takeFree(2)], [2, true, 0])
    assert.equal(await places.take(0), false)
    places.leave()
    assert.equal(await places.take(0), true)
  })

  it('go to those who wait, the first one first, before anyone else', async () => {
    const places = openCallPlaces(1)
    assert.equal(places.takeFree(1), 1)
    const order: string[] = []
    const wait = async (name: string) => (await places.take(longMs)) && order.push(name)
    const both = [wait('first'), wait('second')]
    places.leave()
    assert.equal(places.takeFree(1), 0)
    places.leave()
    await Promise.all(both)
    assert.deepEqual(order, ['first', 'second'])
  })

  it('are not kept for one who waits no longer', async () => {
    const places = openCallPlaces(1)
    assert.equal(await places.take(0), true)
    assert.equal(await places.take(1), false)
    places.leave()
    assert.equal(places.takeFree(1), 1)
  })
})
