import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, it } from 'node:test'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { findRunning, writeRunningFile } from './running-file.ts'

let folder = ''
before(async () => {
  folder = await tempFolder()
})
after(() => removeTempFolder(folder))

const running = { url: 'http://localhost:1', signIn: 'off' } as const

it('is found until it is removed', async () => {
  const remove = writeRunningFile(folder, running)
  assert.deepEqual(await findRunning(folder), { ...running, pid: process.pid })
  remove()
  assert.equal(await findRunning(folder), undefined)
})

for (const [name, text] of [
  ['a process that is gone', JSON.stringify({ ...running, pid: 2 ** 22 + 1 })],
  ['a file that is half written', '{"url":'],
])
  it(`is not found for ${name}`, async () => {
    await writeFile(join(folder, 'running.json'), String(text))
    assert.equal(await findRunning(folder), undefined)
  })
