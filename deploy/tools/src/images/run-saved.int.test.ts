import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { freePort } from '@saucery/servers/process/ports'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { waitUntil } from '@saucery/servers/process/wait-until'

const folder = await tempFolder()
after(() => removeTempFolder(folder))
await mkdir(join(folder, 'packages', 'demo', 'src'), { recursive: true })
await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
const port = await freePort()

/** A service that answers with the text, and takes a moment to start and to stop. */
const answering = (text: string) => `
  import { createServer } from 'node:http'
  import { setTimeout as delay } from 'node:timers/promises'
  await delay(200)
  const server = createServer((_, response) => response.setHeader('connection', 'close').end('${text}'))
  server.listen(${port}, '127.0.0.1')
  process.on('SIGTERM', () => server.close(() => setTimeout(() => process.exit(0), 300)))`

const save = (source: string) => writeFile(join(folder, 'packages', 'demo', 'src', 'main.ts'), source)
const answer = async () =>
  (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).text()
async function answers(text: string): Promise<void> {
  const isHeard = async () => (await answer().catch(() => '')) === text
  assert.ok(await waitUntil(isHeard, { withinMs: 20_000 }), `it never answered “${text}”`)
}

async function run(): Promise<{ child: ChildProcess; [Symbol.asyncDispose](): Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'tilt', 'run.ts')], {
    cwd: folder,
    env: { ...process.env, PACKAGE: 'demo' },
    stdio: 'ignore',
  })
  return {
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
    },
  }
}

describe('the first process of a pod under Tilt', { timeout: 180_000 }, () => {
  it('replaces the service at SIGHUP, and refuses no connection meanwhile', async () => {
    await save(answering('first'))
    await using pod = await run()
    await answers('first')
    const heard = new Set<string>()
    for (const text of ['second', 'third']) {
      await save(answering(text))
      pod.child.kill('SIGHUP')
      for (let last = ''; last !== text; ) {
        last = await answer()
        heard.add(last)
      }
    }
    assert.deepEqual(heard, new Set(['first', 'second', 'third']))
  })

  it('runs the last of many saved files', async () => {
    await save(answering('0'))
    await using pod = await run()
    await answers('0')
    for (let i = 1; i <= 5; i++) {
      await save(answering(String(i)))
      pod.child.kill('SIGHUP')
    }
    await answers('5')
  })

  it('runs nothing when the saved file cannot run, and goes on with the next one', async () => {
    await save(answering('good'))
    await using pod = await run()
    await answers('good')
    await save('const =')
    pod.child.kill('SIGHUP')
    await answers('')
    await save(answering('mended'))
    pod.child.kill('SIGHUP')
    await answers('mended')
  })

  it('ends with its service: when that ends by itself, and at SIGTERM after its stop', async () => {
    await save(`${answering('here')}\n  setTimeout(() => process.exit(3), 1000)`)
    await using failing = await run()
    assert.deepEqual(await once(failing.child, 'exit'), [3, null])
    await save(answering('here'))
    await using stopped = await run()
    await answers('here')
    stopped.child.kill('SIGTERM')
    assert.deepEqual(await once(stopped.child, 'exit'), [0, null])
  })
})
