import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '@saucery/servers/install/secrets'
import { readJsonFile } from '@saucery/servers/process/pid-file'

/** What other commands on the data folder need to know of the system that runs on it. */
export interface RunningFile {
  /** Of its gateway, as people write it. */
  readonly url: string
  readonly pid: number
  /** `local`: the tokens of `sign-in` are accepted. */
  readonly signIn: 'off' | 'local' | 'issuer'
}

const fileIn = (dataDir: string) => join(dataDir, 'running.json')

export function writeRunningFile(dataDir: string, running: Omit<RunningFile, 'pid'>): () => void {
  writePrivateFile(fileIn(dataDir), `${JSON.stringify({ ...running, pid: process.pid })}\n`)
  return () => rmSync(fileIn(dataDir), { force: true })
}

/** The system that runs on the data folder; undefined when its process is gone, as after kill -9. */
export async function findRunning(dataDir: string): Promise<RunningFile | undefined> {
  const running = await readJsonFile<RunningFile>(fileIn(dataDir))
  return running && isAlive(running.pid) ? running : undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
