import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Print } from './child.ts'
import { commandOf, endProcess } from './process-table.ts'

/** `dataDir` as it stands on the server's command line: another path may lead to it by now. Older files have none. */
type PidFile = { pid: number; dataDir?: string; parent: number; parentCommand: string }

const fileIn = (dataDir: string) => join(dataDir, 'server.json')

/** Records which process serves a data folder, so that the next start finds it when this one is killed. */
export async function writePidFile(dataDir: string, pid: number): Promise<void> {
  const parentCommand = await commandOf(process.pid)
  const content: PidFile = { pid, dataDir, parent: process.pid, parentCommand }
  await writeFile(fileIn(dataDir), JSON.stringify(content))
}

export const removePidFile = (dataDir: string) => rm(fileIn(dataDir), { force: true })

/**
 * The process that serves a data folder, if it still runs. The number in the file may belong to another process by
 * now, so the folder has to be on its command line.
 */
export async function findServerOf(dataDir: string): Promise<(PidFile & { command: string }) | undefined> {
  const content = await readJsonFile<PidFile>(fileIn(dataDir))
  const command = content && content.pid > 1 ? await commandOf(content.pid) : ''
  return content && command.includes(content.dataDir ?? dataDir) ? { ...content, command } : undefined
}

/**
 * Stops the server that a killed start left running on this data folder.
 * @throws when the start that owns the server still runs
 */
export async function stopPrevious(
  dataDir: string,
  signal: NodeJS.Signals,
  what: string,
  print: Print,
): Promise<void> {
  const server = await findServerOf(dataDir)
  if (server) {
    const { pid, parent, parentCommand } = server
    if ((await commandOf(parent)) === parentCommand)
      throw new Error(
        `${what} already runs on ${dataDir}, started by process ${parent}. Stop that one first.`,
      )
    print(`Stopping ${what} (process ${pid}), left over from an earlier start`)
    await endProcess(pid, signal)
  }
  await removePidFile(dataDir)
}

/** Ends the start that runs a server on this data folder, and with it all its servers; nothing when none runs. */
export async function endStartOf(dataDir: string, print: Print): Promise<void> {
  const server = await findServerOf(dataDir)
  if (!server || (await commandOf(server.parent)) !== server.parentCommand) return
  print(`Stopping what process ${server.parent} has started on ${dataDir}: the test that ran it is gone`)
  await endProcess(server.parent, 'SIGTERM')
}

/** Undefined when there is no such file, or a crash left it half written: neither may prevent a start. */
export const readJsonFile = <Content>(file: string): Promise<Content | undefined> =>
  readFile(file, 'utf8')
    .then(JSON.parse)
    .catch(() => undefined)
