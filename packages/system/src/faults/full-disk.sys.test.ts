import assert from 'node:assert/strict'
import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { fullDiskForNats } from '@saucery/servers/testing/full-disk'
import { violations } from '../model/violations.ts'
import { hastyClient, tryToPlace } from '../support/orders.ts'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { observe } from '../testing/observer.ts'

// Servers before it store again by themselves when there is space.
const version = '2.15.1'

it('the system accepts orders while NATS’s disk is full, and brings each to its end when it is not', {
  timeout: 240_000,
}, async (t) => {
  await using disk = await fullDiskForNats(version)
  await using system = await runningSystem({ ...disk.env, DELIVERY_DURATION_MS: '100' })
  await using observer = await observe(system)
  const { nats } = system.servers
  const client = hastyClient(system.urls.gateway)
  const accepted: string[] = []
  const place = async (orders: number) => {
    for (let i = 0; i < orders; i++) accepted.push(await tryToPlace(client))
  }
  // Not restarted before there is space: the folder keeps the probe from being written.
  const probe = join(system.dataDir, 'nats', 'disk-probe')
  await mkdir(probe)

  while ((await readyz(system)).details.outbox !== 'stalled') {
    await place(20)
    assert.ok(accepted.length < 2000, 'the disk does not fill')
  }
  t.diagnostic(`full after ${accepted.length} orders`)
  await place(40)
  const { ready, details } = await readyz(system)
  assert.deepEqual([ready, details.outbox], [true, 'stalled'])
  assert.ok((await observer.rows(accepted)).unpublished >= 40, 'the broker still stores')
  assert.equal(nats.restarts, 0)

  await disk.free()
  await rmdir(probe)
  const rows = await eventually(async () => {
    await observer.atRest()
    const found = await observer.rows(accepted)
    assert.ok(found.views.every(({ status }) => status === 'DELIVERED'))
    return found
  }, 90_000)
  assert.deepEqual(violations(rows), [])
  assert.equal(rows.views.length, accepted.length)
  assert.equal(rows.deadLetters, 0)
  const twice = Object.entries(await observer.subjects()).filter(([, count]) => count > 1)
  assert.deepEqual(twice, [])
  assert.equal(nats.restarts, 1)
  assert.equal((await readyz(system)).details.outbox, 'publishing')
})

async function readyz({ managementUrls }: RunningSystem) {
  const answer = await fetch(`${managementUrls.order}/readyz`)
  return (await answer.json()) as { ready: boolean; details: { outbox: string } }
}
