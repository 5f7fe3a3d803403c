import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endOrphans } from '../postgres/orphans.ts'
import { commandOf, stopLeftover } from './pid-file.ts'

const NAME = /^saucery-(\d+)-/

/** A folder for servers that live no longer than this process. Other users may pass through it, as Postgres must. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `saucery-${process.pid}-`))
  await chmod(folder, 0o711)
  return folder
}

export async function removeTempFolder(folder: string): Promise<void> {
  // The last children of a killed Postgres may still be writing.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

/** Stops and removes what test runs left behind that were killed themselves. */
export async function sweepTempFolders(print: (text: string) => void): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = NAME.exec(name)?.[1]
    if (!owner || (await commandOf(Number(owner))) !== '') continue
    const folder = join(tmpdir(), name)
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      await stopLeftover(join(folder, entry.name), 'SIGKILL', entry.name, print)
      await endOrphans(join(folder, entry.name, 'data'))
    }
    await removeTempFolder(folder)
  }
}
