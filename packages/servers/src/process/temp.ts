import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Print } from './child.ts'
import { endStartOf, stopPrevious } from './pid-file.ts'
import { commandOf, processesIn, sendSignal } from './process-table.ts'

/** A folder for servers that end with this process. Other users may pass through it: Postgres runs as one of them. */
export async function tempFolder(): Promise<string> {
  // TMPDIR may name a folder that nobody has made yet.
  await mkdir(tmpdir(), { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), `saucery-${process.pid}-`))
  await chmod(folder, 0o711)
  return folder
}

export async function removeTempFolder(folder: string): Promise<void> {
  // The last children of a killed Postgres may still be writing.
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

/** Removes the folders of processes that were killed, and ends the servers, and whole systems, that run in them. */
export async function sweepTempFolders(print: Print): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const owner = /^saucery-(\d+)-/.exec(name)?.[1]
    if (!owner || (await commandOf(Number(owner))) !== '') continue
    const folder = join(tmpdir(), name)
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const dataDir = join(folder, entry.name)
      await endStartOf(dataDir, print)
      await stopPrevious(dataDir, 'SIGKILL', entry.name, print)
    }
    // A Postgres backend that computes outlives its main process.
    for (const { pid, command } of await processesIn(folder))
      if (command.startsWith('postgres: ')) sendSignal(pid, 'SIGKILL')
    await removeTempFolder(folder)
  }
}
