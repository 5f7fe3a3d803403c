import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProcess } from './process.ts'

function script(text: string, lines: string[] = []) {
  const [file, args] = [process.execPath, ['-e', text]]
  const onLine = (line: string) => void lines.push(line)
  return startProcess({ file, args, cwd: '.', env: process.env, stopWithinMs: 200, onLine })
}

describe('startProcess', { timeout: 30_000 }, () => {
  it('has passed on every line when the process is gone', async () => {
    const lines: string[] = []
    const { exited } = script('console.log("a\\nb"); process.stdout.write("c")', lines)
    assert.deepEqual(await exited, { code: 0, signal: null })
    assert.deepEqual(lines, ['a', 'b', 'c'])
  })

  it('kills what does not end in its time', async () => {
    const lines: string[] = []
    const run = script(
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 9); console.log("deaf")',
      lines,
    )
    while (lines.length === 0) await sleep(5)
    await run.stop()
    assert.deepEqual(await run.exited, { code: null, signal: 'SIGKILL' })
  })

  it('ends what the process started and left behind', async () => {
    const lines: string[] = []
    const leaves = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      console.log(child.pid)
      child.unref()`
    await script(leaves, lines).exited
    await assert.doesNotReject(gone(Number(lines[0])))
  })

  it('knows the line that explains the end', async () => {
    const run = script('throw new TypeError("too odd")')
    await run.exited
    assert.equal(run.lastError?.(), 'TypeError: too odd')
  })

  it('says why there is no process', async () => {
    const run = startProcess({
      file: '/nowhere/nothing',
      args: [],
      cwd: '.',
      env: {},
      stopWithinMs: 100,
      onLine: () => {},
    })
    assert.deepEqual(await run.exited, { code: null, signal: null })
    assert.match(run.lastError?.() ?? '', /ENOENT/)
    await run.stop()
  })
})

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(10)
  }
}
