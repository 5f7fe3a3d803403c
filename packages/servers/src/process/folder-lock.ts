import { link, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from './folders.ts'
import { readJsonFile } from './pid-file.ts'
import { commandOf } from './process-table.ts'

type Owner = { pid: number; since: number; command: string }

/**
 * Lets one process at a time run a system on a data folder. The lock of a killed process is taken over at once.
 * Returns the function that releases the lock.
 */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = join(await makeFolder(dataDir), 'start.json')
  const command = await commandOf(process.pid)
  const me: Owner = { pid: process.pid, since: performance.timeOrigin, command }
  while (!(await createWhole(file, JSON.stringify(me)))) {
    const owner = await readJsonFile<Owner>(file)
    if (owner && (await isRunning(owner)))
      throw new Error(
        `The system already runs on ${dataDir}, started by process ${owner.pid}. ` +
          'Stop that one with Ctrl-C, or give this one a folder of its own: SAUCERY_DATA=<folder>',
      )
    await rm(file, { force: true })
  }
  return () => rm(file, { force: true })
}

/** Links a finished file into place: no reader sees it half written, and of two processes only one creates it. */
async function createWhole(file: string, text: string): Promise<boolean> {
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, text)
  try {
    await link(unfinished, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** The number may belong to another process by now; in a new container even to this one. */
const isRunning = async ({ pid, since, command }: Owner): Promise<boolean> =>
  pid === process.pid
    ? since === performance.timeOrigin
    : command !== '' && (await commandOf(pid)) === command
