import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { freeze } from './freeze.ts'
import { run } from './run.ts'
import { waitUntil } from './wait-until.ts'

/** A process with a child, in a group of its own. */
async function family() {
  const parent = spawn('sh', ['-c', 'sleep 100 & sleep 100'], { detached: true, stdio: 'ignore' })
  await once(parent, 'spawn')
  const pid = parent.pid as number
  const states = async () => {
    const { stdout } = await run('ps', ['-A', '-o', 'stat=,pid=,ppid='])
    const rows = stdout.split('\n').map((row) => row.trim().split(/\s+/))
    return rows
      .filter(([, own, by]) => Number(own) === pid || Number(by) === pid)
      .map(([state = '']) => state[0])
  }
  assert.ok(await waitUntil(async () => (await states()).length === 3))
  return { pid, states, [Symbol.dispose]: () => process.kill(-pid, 'SIGKILL') }
}

const areAll = async (states: () => Promise<(string | undefined)[]>, state: string) =>
  (await states()).every((one) => one === state)

describe('a frozen process', () => {
  it('stands still with its children, until it is thawed', async () => {
    using frozen = await family()
    const thaw = await freeze(frozen.pid, 60_000)
    assert.ok(await waitUntil(() => areAll(frozen.states, 'T'), { withinMs: 30_000 }))
    thaw()
    assert.ok(await waitUntil(() => areAll(frozen.states, 'S'), { withinMs: 30_000 }))
  })

  it('thaws by itself, also when the process that froze it is gone', async () => {
    using frozen = await family()
    const code = `import('${new URL('./freeze.ts', import.meta.url)}').then(async ({ freeze }) => {
      await freeze(${frozen.pid}, 1000); process.kill(process.pid, 'SIGKILL') })`
    const killed = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '-e', code], {
      stdio: 'ignore',
    })
    assert.equal((await once(killed, 'exit'))[1], 'SIGKILL')
    assert.ok(await waitUntil(() => areAll(frozen.states, 'S'), { withinMs: 30_000 }))
  })
})
