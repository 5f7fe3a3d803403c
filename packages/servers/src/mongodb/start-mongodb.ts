import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Found } from '../install/found.ts'
import type { Command } from '../process/child.ts'
import { greeting } from '../process/ports.ts'
import { externalServer, type Server, type StartOptions, startServer } from '../process/server.ts'
import type { MongodbProgram } from './find-mongodb.ts'

/** Starts MongoDB, unless the environment names a server: then checks that it answers. */
export async function startMongodb(found: Found<MongodbProgram>, options: StartOptions): Promise<Server> {
  if (found.kind === 'environment') {
    await hello(found.url)
    return externalServer(found.url, found.what, 27017)
  }
  const { what, program } = found
  // The two engines cannot read each other's files.
  const data = join(options.dataDir, program.engine)
  // Without `journal`, kill -9 can lose a write that mongod has acknowledged. SecantusDB syncs every commit.
  const journal = program.engine === 'mongod' ? '&journal=true' : ''
  const url = (port: number) => `mongodb://127.0.0.1:${port}/?directConnection=true${journal}`
  return startServer({
    ...options,
    what,
    url,
    async command(port) {
      await mkdir(data, { recursive: true })
      return program.engine === 'mongod' ? mongod(program.file, data, port) : secantus(program, data, port)
    },
    async ready(port) {
      await greeting(port, false)
      await hello(url(port))
    },
    stopSignal: 'SIGTERM',
  })
}

function mongod(file: string, data: string, port: number): Command {
  const flags = ['--bind_ip', '127.0.0.1', '--nounixsocket', '--wiredTigerCacheSizeGB', '0.5']
  return { file, args: ['--dbpath', data, '--port', String(port), ...flags] }
}

type Secantus = Extract<MongodbProgram, { engine: 'secantus' }>

async function secantus({ python, packages }: Secantus, data: string, port: number): Promise<Command> {
  // Without a file of its own it would take one from the user's home.
  const config = join(data, '..', 'secantus.toml')
  await writeFile(config, '')
  const where = ['--host', '127.0.0.1', '--port', String(port), '--config', config, '--storage-path', data]
  const flags = ['--sync-on-commit', '--cache-size', '512M', '--log-level', 'WARNING']
  const env = { ...process.env, PYTHONPATH: packages, PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1' }
  return { file: python, args: ['-m', 'secantus', ...where, ...flags], env }
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
