import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startChild } from './child.ts'
import { waitUntil } from './wait-until.ts'

function script(text: string, lines: string[] = []) {
  const [file, args] = [process.execPath, ['-e', text]]
  return startChild({ file, args, cwd: '.', stopWithinMs: 200, output: (line) => void lines.push(line) })
}

describe('startChild', { timeout: 30_000 }, () => {
  it('has passed on every line when the process is gone', async () => {
    const lines: string[] = []
    const { exited } = script('console.log("a\\nb"); process.stdout.write("c")', lines)
    assert.deepEqual(await exited, { code: 0, signal: null })
    assert.deepEqual(lines, ['a', 'b', 'c'])
  })

  it('kills a process that does not end in its time', async () => {
    const lines: string[] = []
    const child = script(
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 9); console.log("deaf")',
      lines,
    )
    await waitUntil(() => lines.length > 0)
    await child.stop()
    assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' })
  })

  it('ends what the process started and left behind', async () => {
    const lines: string[] = []
    const leaves = `
      const { spawn } = require('node:child_process')
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
      console.log(child.pid)
      child.unref()`
    await script(leaves, lines).exited
    await assert.doesNotReject(waitUntil(() => isGone(Number(lines[0]))))
  })

  it('knows the line that explains the end', async () => {
    const child = script('throw new TypeError("too odd")')
    await child.exited
    assert.equal(child.lastError, 'TypeError: too odd')
  })

  it('explains why there is no process', async () => {
    const child = startChild({
      file: '/nowhere/nothing',
      args: [],
      cwd: '.',
      env: {},
      stopWithinMs: 100,
      output: () => {},
    })
    assert.deepEqual(await child.exited, { code: null, signal: null })
    assert.match(child.lastError ?? '', /ENOENT/)
    await child.stop()
  })
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
