import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit } from './child.ts'
import { externalServer, type Server } from './server.ts'
import { superviseServer } from './supervise-server.ts'
import { waitUntil } from './wait-until.ts'

const print = () => {}
const delays = { firstMs: 10, longestMs: 10, steadyMs: 60_000 }

/** A server without a process. */
function fakeServer() {
  let [runs, end] = [0, (_: Exit) => {}]
  let exited: Promise<Exit>
  const begin = () => {
    runs += 1
    exited = new Promise((resolve) => {
      end = resolve
    })
  }
  begin()
  const server: Server = {
    url: 'x://127.0.0.1:1',
    what: 'X 1.0',
    port: 1,
    isOurs: true,
    get pid() {
      return runs
    },
    get exited() {
      return exited
    },
    stop: async () => end({ code: 0, signal: null }),
    kill: async () => end({ code: null, signal: 'SIGKILL' }),
    restart: async () => begin(),
  }
  return server
}

describe('superviseServer', { timeout: 10_000 }, () => {
  it('restarts a server that has died, and not one that was stopped', async () => {
    const supervised = superviseServer(fakeServer(), { print, delays })
    for (const pid of [1, 2, 3]) {
      await waitUntil(() => supervised.pid === pid)
      await supervised.kill()
    }
    await waitUntil(() => supervised.pid === 4)
    await supervised.stop()
    await sleep(30)
    assert.equal(supervised.pid, undefined)
    supervised.start()
    await waitUntil(() => supervised.pid === 5)
    await supervised.stop()
    assert.equal(supervised.restarts, 3)
  })

  it('leaves a server alone that was not started here', async () => {
    const supervised = superviseServer(externalServer('x://host:5', 'X at host', 1), { print })
    assert.equal(supervised.port, 5)
    await assert.rejects(supervised.kill(), /not started here/)
    await supervised.stop()
  })
})
