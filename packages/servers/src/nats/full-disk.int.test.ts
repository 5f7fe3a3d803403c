import assert from 'node:assert/strict'
import { mkdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connect } from 'nats'
import { superviseServer } from '../process/supervise.ts'
import { waitUntil } from '../process/wait-until.ts'
import { natsWithFullDisk } from '../testing/full-disk.ts'

// The first version that keeps the error is not known; 2.10 does not.
const version = '2.15.1'
const delays = { firstMs: 10, longestMs: 40, steadyMs: 60_000 }

/** Stores messages until the disk is full. */
async function filled(nats: Awaited<ReturnType<typeof natsWithFullDisk>>) {
  const connection = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  await (await connection.jetstreamManager()).streams.add({ name: 'S', subjects: ['s'] })
  const jetstream = connection.jetstream({ timeout: 1_000 })
  const part = new Uint8Array(16_384)
  const store = () => jetstream.publish('s', part)
  await assert.rejects(async () => {
    for (let bytes = 0; bytes <= nats.tooManyBytes; bytes += part.length) await store()
  })
  return { connection, store }
}

describe('a NATS server whose disk is full', { timeout: 60_000 }, () => {
  it('is started again by its supervisor, and stores messages again', async () => {
    await using nats = await natsWithFullDisk(version)
    const { server } = nats
    const lines: string[] = []
    const print = (line: string) => void lines.push(line)
    const supervised = superviseServer(server, { print, delays, askEveryMs: 50 })
    // Not restarted before that: the directory keeps the probe from being written.
    const probe = join(String(server.health?.dataDir), 'disk-probe')
    await mkdir(probe)

    assert.equal(await server.health?.ailment(), undefined)
    const { connection, store } = await filled(nats)
    await waitUntil(() => lines.length > 0)
    assert.match(String(lines[0]), /^NATS .* is not healthy \(.*write error: .*\)/)
    assert.equal(supervised.restarts, 0)

    await nats.free()
    await rmdir(probe)
    await waitUntil(() => supervised.restarts === 1)
    const isStored = () =>
      store().then(
        () => true,
        () => false,
      )
    assert.ok(await waitUntil(isStored), 'nothing is stored')
    assert.equal(await server.health?.ailment(), undefined)
    assert.equal(supervised.restarts, 1)
    await connection.close()
    await supervised.stop()
  })

  it('is seen by plain /healthz, and by no variant of it', async () => {
    await using nats = await natsWithFullDisk(version)
    const config = await readFile(join(String(nats.server.health?.dataDir), 'nats.conf'), 'utf8')
    const monitor = `http://${/^http: "(.*)"$/m.exec(config)?.[1]}/healthz`
    const statuses = () =>
      Promise.all(
        ['', '?js-server-only=true', '?js-enabled-only=true'].map(
          async (query) => (await fetch(monitor + query)).status,
        ),
      )
    assert.deepEqual(await statuses(), [200, 200, 200])
    const { connection } = await filled(nats)
    assert.deepEqual(await statuses(), [503, 200, 200])
    await connection.close()
  })
})
