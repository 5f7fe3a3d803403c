import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandOf } from './pid-file.ts'

type Owner = { pid: number; since: number; command: string }

/**
 * Makes sure that only one process runs a system on this data folder; what a killed one left is taken over.
 * @returns what gives the folder back
 */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true })
  const file = join(dataDir, 'start.json')
  const mine: Owner = {
    pid: process.pid,
    since: performance.timeOrigin,
    command: await commandOf(process.pid),
  }
  while (!(await createWhole(file, JSON.stringify(mine)))) {
    const pid = await ownerOf(file)
    if (pid !== undefined)
      throw new Error(
        `The system already runs on ${dataDir}, started by process ${pid}. ` +
          'Stop that one with Ctrl-C, or give this one a folder of its own: SAUCERY_DATA=<folder>',
      )
    await rm(file, { force: true })
  }
  return () => rm(file, { force: true })
}

/** Nobody ever reads it half written, and of two at once only one creates it. */
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

/** Undefined when it is gone. Its number may be another's by now, in a new container even this process's own. */
async function ownerOf(file: string): Promise<number | undefined> {
  const { pid, since, command } = parse(await readFile(file, 'utf8').catch(() => ''))
  if (pid === process.pid) return since === performance.timeOrigin ? pid : undefined
  return command !== '' && (await commandOf(pid)) === command ? pid : undefined
}

function parse(text: string): Owner {
  try {
    return JSON.parse(text)
  } catch {
    return { pid: 0, since: 0, command: '' }
  }
}
