import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '../install/folders.ts'
import { startNats } from '../nats/start-nats.ts'
import { commandOf } from './process-table.ts'
import { removeTempFolder, tempFolder } from './temp.ts'
import { waitUntil } from './wait-until.ts'

/** Another Node process that starts NATS on this folder and then waits for ever. */
async function startElsewhere(dataDir: string): Promise<{ parent: ChildProcess; pid: number }> {
  const script = `
    import { startNats } from './packages/servers/src/nats/start-nats.ts'
    console.log((await startNats({ dataDir: ${JSON.stringify(dataDir)} })).pid)`
  const args = ['--import', 'tsx', '--input-type=module', '-e', script]
  const parent = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(parent.stdout as NodeJS.ReadableStream, 'data')
  return { parent, pid: Number(String(line)) }
}

const isGone = (pid: number) => waitUntil(async () => (await commandOf(pid)) === '')

describe('a server whose parent is gone', () => {
  it('is stopped by the next start on the same data after kill -9 of the parent', {
    timeout: 30_000,
  }, async () => {
    const folder = await tempFolder()
    const dataDir = join(folder, 'nats')
    const { parent, pid } = await startElsewhere(dataDir)
    await assert.rejects(startNats({ dataDir }), /already runs/)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    assert.notEqual(await commandOf(pid), '')
    const printed: string[] = []
    const server = await startNats({ dataDir, print: (line) => printed.push(line) })
    await isGone(pid)
    assert.match(printed.join(), new RegExp(`process ${pid}`))
    await server.stop()
    await removeTempFolder(folder)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends with a parent that handles no ${signal} itself`, { timeout: 30_000 }, async () => {
      const folder = await tempFolder()
      const { parent, pid } = await startElsewhere(join(folder, 'nats'))
      parent.kill(signal)
      await isGone(pid)
      await removeTempFolder(folder)
    })
  }
})
