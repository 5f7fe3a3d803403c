import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { root } from '@saucery/servers/install/folders'
import { runOrFail } from '@saucery/servers/process/run'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'

/** Runs the script in a clone with a commit on main and one beside it; `gh` reports this number of successful runs. */
async function requireGreen(branch: string, runs: string) {
  const folder = await tempFolder()
  const [origin, clone, bin] = ['origin', 'clone', 'bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const git = (...args: string[]) =>
    runOrFail('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder })
  await git('init', '--quiet', '--initial-branch=main', origin)
  for (const at of ['main', 'beside']) {
    await git('-C', origin, 'checkout', '--quiet', '-B', at)
    await git('-C', origin, 'commit', '--quiet', '--allow-empty', '--message', at)
  }
  await git('clone', '--quiet', '--branch', branch, origin, clone)
  mkdirSync(bin)
  writeFileSync(join(bin, 'gh'), `#!/usr/bin/env bash\necho ${runs}\n`, { mode: 0o755 })
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const run = promisify(execFile)(join(root, 'deploy/require-green.sh'), ['us/saucery'], { cwd: clone, env })
  const failure = await run.then(
    () => '',
    (error) => String(error.stderr),
  )
  await removeTempFolder(folder)
  return failure
}

it('deploys a commit of main for which ci succeeded', async () => {
  assert.equal(await requireGreen('main', '1'), '')
})

it('deploys no commit beside main, and none for which ci has not succeeded', async () => {
  assert.match(await requireGreen('beside', '1'), /is not on main/)
  for (const runs of ['0', '']) assert.match(await requireGreen('main', runs), /ci has not succeeded/)
})
