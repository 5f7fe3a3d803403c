import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { lockFolder } from './folder-lock.ts'
import { removeTempFolder, tempFolder } from './temp.ts'

describe('lockFolder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await tempFolder()
  })
  afterEach(() => removeTempFolder(folder))

  it('lets one in at a time, and the next when that one is done', async () => {
    const attempts = await Promise.allSettled([1, 2, 3].map(() => lockFolder(folder)))
    const [unlock, ...more] = attempts.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []))
    assert.ok(unlock)
    assert.equal(more.length, 0)
    await assert.rejects(lockFolder(folder), new RegExp(`already runs on ${folder}.* ${process.pid}`))
    await unlock()
    await (await lockFolder(folder))()
  })

  it('takes over from a process that is gone', async () => {
    await lockFolder(folder)
    const file = join(folder, 'start.json')
    const owner = JSON.parse(await readFile(file, 'utf8'))
    for (const gone of [{ pid: 2 ** 22 }, { command: 'another program' }, { since: 1 }]) {
      const changed = 'command' in gone ? { pid: process.ppid, ...gone } : gone
      await writeFile(file, JSON.stringify({ ...owner, ...changed }))
      await lockFolder(folder)
    }
    await writeFile(file, '')
    await lockFolder(folder)
  })
})
