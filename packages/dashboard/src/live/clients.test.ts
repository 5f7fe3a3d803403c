import assert from 'node:assert/strict'
import { it, mock } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { silentLog } from '@saucery/chassis/testing/log'
import { addClient, type Clients, endExpired } from './clients.ts'

it('a live client ends with its sign-in, also when the clock was set back', async () => {
  const clients: Clients = { open: new Set(), log: silentLog }
  const add = (until?: number) =>
    addClient(clients, { filter: {}, scope: 'all', from: undefined, until, destroy() {} })
  // A busy machine takes some time until the first look.
  const [now, signedInMs] = [Date.now(), 400]
  add(now + signedInMs)
  add(now + 60_000)
  add()
  mock.timers.enable({ apis: ['Date'], now: now - 3_600_000 })
  try {
    endExpired(clients)
    assert.equal(clients.open.size, 3)
    await delay(2 * signedInMs)
    endExpired(clients)
    assert.equal(clients.open.size, 2)
    mock.timers.setTime(now + 60_000)
    endExpired(clients)
    assert.deepEqual(
      [...clients.open].map(({ until }) => until),
      [undefined],
    )
  } finally {
    mock.timers.reset()
  }
})
