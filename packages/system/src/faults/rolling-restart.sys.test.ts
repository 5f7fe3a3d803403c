import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { consumingServices } from '@saucery/contracts/choreography'
import { eventually } from '@saucery/messaging/testing/eventually'
import { violations } from '../model/violations.ts'
import { replicasOf } from '../support/replicas.ts'
import { runningSystem } from '../support/running-system.ts'
import { openKeptConnections } from '../testing/kept-connections.ts'
import { observe } from '../testing/observer.ts'

/** The default of SHUTDOWN_GRACE_MS, and the time that a process needs to end. */
const stopsWithinMs = 10_500

describe('a rolling restart of two replicas of each service', { timeout: 400_000 }, () => {
  it('fails no request on a kept connection, and delivers no event twice', async (t) => {
    await using system = await runningSystem()
    await using rollout = await replicasOf({ ...system, onLine: (line) => system.errors.set(line, 1) })
    const clients = openKeptConnections(rollout.url, 12)
    for (const replica of rollout.replicas) {
      const burst = clients.burst(40)
      const stopMs = await rollout.restart(replica)
      await burst
      t.diagnostic(`${replica.name} on port ${replica.port} stopped within ${stopMs.toFixed(0)} ms`)
      assert.ok(stopMs < stopsWithinMs, `${replica.name} took ${stopMs} ms`)
    }
    await clients.end()
    t.diagnostic(`${clients.answered()} requests, ${clients.accepted.length} orders`)
    assert.deepEqual(clients.failures, [])

    await using observer = await observe(system)
    await eventually(() => observer.atRest(), 60_000, 300)
    assert.deepEqual(violations(await observer.rows(clients.accepted)), [])
    for (const service of consumingServices)
      for (const [stream, { delivered, messages }] of Object.entries(await observer.consumers(service)))
        assert.equal(delivered - messages, 0, `${service} got events of ${stream} twice`)
    assert.deepEqual(
      [...system.errors.keys()].filter((line) => /shutdown failed/.test(line)),
      [],
    )
  })
})
