import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { StartOptions } from '../install/found.ts'
import { withoutPython } from '../install/python-env.ts'
import { makeFolder } from '../process/folders.ts'
import { externalServer, type Server, startServer } from '../process/server.ts'
import { findMongodb, type MongodbProgram, mongodFolder, secantusFolder } from './find-mongodb.ts'

/** Finds MongoDB and starts it. A server that the environment names is only asked whether it answers. */
export async function startMongodb(options: StartOptions): Promise<Server> {
  const found = await findMongodb(options)
  if (found.kind === 'environment') {
    await hello(found.url)
    return externalServer(found.url, found.what, 27017)
  }
  const dataDir = await makeFolder(options.dataDir)
  // Without `journal`, kill -9 can lose a write that mongod has acknowledged. SecantusDB syncs every commit.
  const journal = 'file' in found.program ? '&journal=true' : ''
  const url = (port: number) => `mongodb://127.0.0.1:${port}/?directConnection=true${journal}`
  return startServer({
    ...options,
    dataDir,
    what: found.what,
    url,
    command: (port) => command(found.program, dataDir, port),
    ready: (port) => hello(url(port)),
    stopSignal: 'SIGTERM',
  })
}

/** The two engines cannot read each other's files, so each has a folder of its own. */
async function command(program: MongodbProgram, dataDir: string, port: number) {
  if ('file' in program) {
    const data = mongodFolder(dataDir)
    await mkdir(data, { recursive: true })
    const flags = ['--bind_ip', '127.0.0.1', '--nounixsocket', '--wiredTigerCacheSizeGB', '0.5']
    return { file: program.file, args: ['--dbpath', data, '--port', String(port), ...flags] }
  }
  const data = secantusFolder(dataDir)
  await mkdir(data, { recursive: true })
  // Without a configuration file of its own it would take one from the user's home.
  const config = join(dataDir, 'secantus.toml')
  await writeFile(config, '')
  const where = ['--host', '127.0.0.1', '--port', String(port), '--config', config, '--storage-path', data]
  const flags = ['--sync-on-commit', '--cache-size', '512M', '--log-level', 'WARNING']
  const settings = { PYTHONPATH: program.packages, PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1' }
  return {
    file: program.python,
    args: ['-m', 'secantus', ...where, ...flags],
    env: { ...withoutPython(process.env), ...settings },
  }
}

async function hello(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000 })
  try {
    await client.db('admin').command({ hello: 1 })
  } catch (cause) {
    throw new Error(`MongoDB does not answer: ${cause instanceof Error ? cause.message : cause}`, { cause })
  } finally {
    await client.close()
  }
}
