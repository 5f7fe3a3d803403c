import assert from 'node:assert/strict'
import { it } from 'node:test'
import { withSql } from '@saucery/bench/run/stores'
import { commandOf } from '@saucery/servers/process/process-table'
import { checkEffects } from '../measure/effects.ts'
import { measurePeer } from '../measure/measure-peer.ts'
import { withPeer } from '../run/with-peer.ts'
import { outboxPoller } from './outbox-poller.ts'

it('is measured, checked and stopped', async () => {
  const context = { say: () => {}, signal: new AbortController().signal }
  const pids = await withPeer(outboxPoller, context, async (running) => {
    const size = { orders: 20, clients: 4, seconds: 1, only: ['load', 'rest'], sweeps: false } as const
    const figures = await measurePeer(running, size, context.say)
    assert.equal(running.accepted.length, 3 * 20)
    for (const name of ['sagasPerSecond', 'postP50', 'restP99'])
      assert.ok(Number(figures[name]) > 0, `${name}: ${figures[name]}`)

    const [charges] = running.peer.effects
    assert.ok(charges)
    await withSql(charges.database, (sql) => sql`insert into charges select * from charges limit 1`)
    await assert.rejects(checkEffects(running), /^Error: not charged exactly once: [\w-]+$/)
    return Object.values(running.peer.processes).map(({ pid }) => pid)
  })
  assert.equal(pids.length, 7)
  for (const pid of pids) assert.equal(await commandOf(Number(pid)), '')
})
