import assert from 'node:assert/strict'
import { it, mock } from 'node:test'
import { StoreDown, unlessDown } from './retry-outages.ts'

it('a handler that hangs is given up when its store is down, and then no longer asked about', async () => {
  mock.timers.enable({ apis: ['setInterval'] })
  try {
    let checks = 0
    const check = async () => ++checks < 2
    const store = { isDown: () => false, untilUp: async () => {}, onDown: () => () => {}, check }
    const handled = unlessDown(new Promise(() => {}), store)
    mock.timers.tick(5000)
    mock.timers.tick(5000)
    await assert.rejects(handled, StoreDown)
    mock.timers.tick(60_000)
    assert.equal(checks, 2)
  } finally {
    mock.timers.reset()
  }
})
