import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { sweepTempFolders } from './temp.ts'

const before = process.env.TMPDIR
const folder = mkdtempSync(join(tmpdir(), 'sweep-'))
after(() => {
  process.env.TMPDIR = before
  rmSync(folder, { recursive: true, force: true })
})

it('ends what the start of a killed test still runs, and removes its folder', async () => {
  const { pid: gone } = spawnSync('true')
  const dataDir = join(folder, `saucery-${gone}-test`, 'nats')
  mkdirSync(dataDir, { recursive: true })
  // As `start` does: it runs a server, whose pid file names both. The server's command line names its folder.
  const module = new URL('./pid-file.ts', import.meta.url).href
  const start = spawn(
    process.execPath,
    [
      '--import=tsx',
      '--input-type=module',
      '--eval',
      `import { spawn } from 'node:child_process'
      import { writePidFile } from '${module}'
      const server = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', ${JSON.stringify(dataDir)}])
      process.on('SIGTERM', () => { server.kill(); process.exit() })
      await writePidFile(${JSON.stringify(dataDir)}, server.pid)
      console.log('ready')`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(start, 'exit')
  await once(start.stdout, 'data')
  process.env.TMPDIR = folder
  const printed: string[] = []
  await sweepTempFolders((line) => printed.push(line))
  assert.deepEqual(await ended, [0, null])
  assert.match(printed.join('\n'), new RegExp(`what process ${start.pid} has started on .*/nats`))
  assert.ok(!existsSync(join(dataDir, '..')))
})
