import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { stopPrevious } from '@saucery/servers/process/pid-file'
import { type RunResult, run } from '@saucery/servers/process/run'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { waitUntil } from '@saucery/servers/process/wait-until'
import { descendantsOf, type Process, processes, type Started, startCommand } from '../testing/started.ts'

const command = (name: string, args: string[] = [], env = process.env): Promise<RunResult> =>
  run(process.execPath, ['--import', 'tsx', `packages/local/src/cli/${name}.ts`, ...args], { cwd: root, env })

describe('the start command', { timeout: 300_000 }, () => {
  let folder: string
  let started: Started

  before(async () => {
    folder = await tempFolder()
    started = await startCommand(folder)
  })

  beforeEach(async () => {
    if (started.ended) started = await startCommand(folder)
  })

  after(async () => {
    await started.signal('SIGKILL')
    for (const server of ['postgres', 'nats', 'mongodb'])
      await stopPrevious(join(folder, server), 'SIGKILL', server, () => {})
    await removeTempFolder(folder)
  })

  it('runs a system in which orders take every path', async () => {
    const env = { ...process.env, SAUCERY_DATA: folder }
    const { code, stdout, stderr } = await command('demo', [], env)
    assert.equal(code, 0, stdout + stderr)
    assert.equal(stdout.match(/^✔ /gm)?.length, 5, stdout)
    assert.ok(stdout.includes(`${started.url}/#/orders/`))
    await until(() => /^\d\d:\d\d:\d\d {2}….{6} {2}OrderPlaced .* × gochujang/m.test(started.output()))
  })

  it('takes orders at a rate, for a time', async () => {
    const args = ['--url', started.url, '--rate', '10', '--for', '1s']
    const { code, stdout, stderr } = await command('demo', args)
    assert.equal(code, 0, stdout + stderr)
    assert.match(stdout, /^(\d+) of \1 orders ended as expected$/m)
  })

  it('needs less than 1 GiB for everything beside the stores', async (t) => {
    const services = (await descendantsOf(started.pid)).filter(({ command }) => /\.mjs\b/.test(command))
    assert.equal(services.length, 5, services.map(({ command }) => command).join('\n'))
    const pids = [started.pid, ...services.map(({ pid }) => pid)].join()
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', pids])
    const kibibytes = stdout.trim().split(/\s+/).map(Number)
    const all = kibibytes.reduce((sum, each) => sum + each, 0)
    t.diagnostic(`${kibibytes.map((each) => Math.round(each / 1024)).join(' + ')} MiB`)
    assert.equal(kibibytes.length, 6)
    assert.ok(all < 2 ** 20, `${all} KiB`)
  })

  it('prints a line with a tick for each server and service, and then the address of the page', () => {
    const lines = started.output().split('\n')
    const ticks = lines.filter((line) => line.startsWith('✔ '))
    assert.equal(ticks.length, 8)
    for (const line of ticks) assert.ok(line.length < 120, line)
    assert.match(started.url, /^http:\/\/localhost:\d+$/)
  })

  it('refuses a second start on the same data', async () => {
    const { code, stderr } = await command('start', [], { ...process.env, SAUCERY_DATA: folder })
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`already runs on ${folder}.* ${started.pid}\\b`))
  })

  it('keeps every secret off the command lines and the output', async () => {
    const file = await readFile(join(folder, 'secrets.json'), 'utf8')
    const secrets: [string, string][] = Object.entries(JSON.parse(file))
    secrets.push(['administrator', await readFile(join(folder, 'postgres', 'password'), 'utf8')])
    const commands = (await descendantsOf(started.pid)).map(({ command }) => command)
    const visible = [...commands, started.output()].join()
    for (const [name, secret] of secrets) assert.ok(!visible.includes(secret), name)
  })

  it('starts a killed service again', async () => {
    process.kill((await find('/order.mjs')).pid, 'SIGKILL')
    await until(() => /order was ended by SIGKILL; starting it again/.test(started.output()))
    await deliveringOrder()
  })

  it('starts a killed store and a killed broker again', async () => {
    for (const server of [join(folder, 'postgres'), join(folder, 'nats')]) {
      process.kill((await find(server)).pid, 'SIGKILL')
      await until(() => /(PostgreSQL|NATS) [\d.]+ was ended by SIGKILL/.test(started.output()))
      await deliveringOrder()
    }
  })

  it('leaves no process behind, and stops in order', async () => {
    const running = await descendantsOf(started.pid)
    assert.ok(running.length >= 8)
    assert.equal(await started.signal('SIGINT'), 0)
    assert.deepEqual(await stillRunning(running), [])
    const steps = [/Stopping the gateway/, /gateway.*stopped/, /Stopping the services/, /payment.*stopped/]
    const servers = [/Stopping NATS/, /Stopping (MongoDB|SecantusDB)/, /Stopping PostgreSQL/, /^Stopped/m]
    const at = [...steps, ...servers].map((step) => started.output().search(step))
    assert.ok(!at.includes(-1))
    assert.deepEqual(
      at,
      [...at].sort((a, b) => a - b),
    )
  })

  it('finds the same orders at the next start', async () => {
    const id = await deliveringOrder()
    assert.equal(await started.signal('SIGTERM'), 0)
    started = await startCommand(folder)
    assert.equal(await statusOf(id), 'DELIVERING')
    await deliveringOrder()
  })

  it('leaves no service behind when it is killed', async () => {
    const services = (await descendantsOf(started.pid)).filter(({ command }) => /\.mjs$/.test(command))
    assert.equal(services.length, 5)
    await started.signal('SIGKILL')
    await until(async () => (await stillRunning(services)).length === 0)
  })

  it('stops the servers that a killed start left running, and keeps their data', async () => {
    const id = await deliveringOrder()
    await started.signal('SIGKILL')
    started = await startCommand(folder)
    assert.match(started.output(), /left over from an earlier start/)
    assert.equal(await statusOf(id), 'DELIVERING')
  })

  async function find(part: string): Promise<Process> {
    const found = (await descendantsOf(started.pid)).find(({ command }) => command.includes(part))
    assert.ok(found, `no process with ${part}`)
    return found
  }

  async function statusOf(id: string): Promise<string> {
    const response = await fetch(`${started.url}/orderDashboards/${id}`)
    const { status } = (await response.json()) as { status: string }
    return status
  }

  /** Places an order as soon as it is possible again, and waits until it is on its way. */
  async function deliveringOrder(): Promise<string> {
    let id: string | undefined
    await until(async () => {
      id = await place()
      return id !== undefined
    })
    await until(async () => (await statusOf(String(id))) === 'DELIVERING')
    return String(id)
  }

  async function place(): Promise<string | undefined> {
    const body = JSON.stringify({ branchId: 1, sauceId: 2, qty: 3, price: 4000 })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${started.url}/orders`, { method: 'POST', headers, body })
    const { id } = (await response.json()) as { id?: string }
    return response.status === 201 ? id : undefined
  }
})

async function stillRunning(before: readonly Process[]): Promise<Process[]> {
  const now = await processes()
  return before.filter(({ pid, command }) => now.some((one) => one.pid === pid && one.command === command))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  assert.ok(await waitUntil(condition, { everyMs: 50, withinMs: 60_000 }), 'not within 60 s')
}
