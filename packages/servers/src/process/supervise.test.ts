import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, type Exit, startChild } from './child.ts'
import { externalServer, type Server } from './server.ts'
import { supervise, superviseServer } from './supervise.ts'
import { waitUntil } from './wait-until.ts'

const delays = { firstMs: 10, longestMs: 40, steadyMs: 60_000 }
const waits = 'setInterval(() => {}, 1000)'

function script(text: string): Child {
  return startChild({
    file: process.execPath,
    args: ['-e', text],
    cwd: '.',
    stopWithinMs: 5_000,
    output: () => {},
  })
}

/** The lines that a supervisor prints, and a promise of the first of them. */
function printed() {
  const lines: string[] = []
  return {
    lines,
    print: (line: string) => void lines.push(line),
    async first(count: number): Promise<string[]> {
      await waitUntil(() => lines.length >= count)
      return lines.slice(0, count)
    },
  }
}

describe('supervise', { timeout: 30_000 }, () => {
  it('starts again what ends, after delays that grow to a limit, and prints why it ended', async () => {
    const { print, first } = printed()
    const ends = async () => script('console.error("Error: no luck"); process.exit(3)')
    const supervised = supervise('it', ends, { print, delays })
    const why = 'it ended with exit code 3 (Error: no luck); starting it again in'
    assert.deepEqual(
      await first(4),
      ['0.01', '0.02', '0.04', '0.04'].map((delay) => `${why} ${delay} s`),
    )
    await supervised.stop()
    assert.ok(supervised.restarts >= 3)
  })

  it('begins with the first delay again after a long run', async () => {
    const { print, first } = printed()
    const supervised = supervise('it', async () => script(''), { print, delays: { ...delays, steadyMs: 0 } })
    for (const line of await first(3)) assert.match(line, /in 0\.01 s$/)
    await supervised.stop()
  })

  it('brings back what was killed', async () => {
    const { print, first } = printed()
    const supervised = supervise('it', async () => script(waits), { print, delays })
    const before = await pidOf(supervised)
    await supervised.kill()
    assert.deepEqual(await first(1), ['it was ended by SIGKILL; starting it again in 0.01 s'])
    assert.notEqual(await pidOf(supervised), before)
    assert.equal(supervised.restarts, 1)
    await supervised.stop()
  })

  it('leaves alone what was stopped, until it is started', async () => {
    const { print, lines } = printed()
    const supervised = supervise('it', async () => script(waits), { print, delays })
    const pid = await pidOf(supervised)
    await supervised.stop()
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
    await sleep(50)
    assert.equal(supervised.pid, undefined)
    supervised.start()
    assert.notEqual(await pidOf(supervised), pid)
    await supervised.stop()
    assert.deepEqual(lines, [])
  })

  it('stops also what is just being started', async () => {
    let child: Child | undefined
    const start = async () => {
      await sleep(30)
      child = script(waits)
      return child
    }
    const supervised = supervise('it', start, { ...printed(), delays })
    await supervised.stop()
    assert.deepEqual(await child?.exited, { code: null, signal: 'SIGTERM' })
  })

  it('tries again what cannot be started', async () => {
    const { print, first } = printed()
    const supervised = supervise('it', () => Promise.reject(new Error('no such thing')), { print, delays })
    assert.match((await first(2))[1] ?? '', /^it could not be started \(no such thing\); .* 0\.02 s$/)
    await supervised.stop()
  })
})

async function pidOf(supervised: { readonly pid: number | undefined }): Promise<number> {
  await waitUntil(() => supervised.pid !== undefined)
  return Number(supervised.pid)
}

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
    const supervised = superviseServer(fakeServer(), { print: () => {}, delays })
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
    const supervised = superviseServer(externalServer('x://host:5', 'X at host', 1), { print: () => {} })
    assert.equal(supervised.port, 5)
    await assert.rejects(supervised.kill(), /not started here/)
    await supervised.stop()
  })
})
