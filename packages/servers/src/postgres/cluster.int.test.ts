import assert from 'node:assert/strict'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { removeTempFolder, tempFolder } from '../process/temp.ts'
import { clusterAccount } from './cluster.ts'

const isRoot = process.getuid?.() === 0

/** What a clone has after an installation under umask 027 or 077. */
async function programOfMode(folder: string, mode: number) {
  await mkdir(join(folder, 'bin'))
  await writeFile(join(folder, 'bin', 'postgres'), '')
  for (const path of ['bin/postgres', 'bin']) await chmod(join(folder, path), mode)
  return { postgres: join(folder, 'bin', 'postgres'), initdb: '', version: '18.0' }
}

it("runs as one of root's group where root's umask has closed the program to others", async () => {
  const folder = await tempFolder()
  const account = await clusterAccount(folder, await programOfMode(folder, 0o750))
  assert.equal(account.gid, isRoot ? process.getgid?.() : undefined)
  assert.notEqual(account.uid, 0)
  await removeTempFolder(folder)
})

it('says what is closed to every account but root', async () => {
  const folder = await tempFolder()
  const account = clusterAccount(folder, await programOfMode(folder, 0o700))
  if (isRoot) await assert.rejects(account, new RegExp(`cannot use ${folder}/bin/postgres`))
  else assert.deepEqual(await account, {})
  await removeTempFolder(folder)
})
