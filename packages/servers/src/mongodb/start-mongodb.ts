import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Found, Print } from '../install/found.ts'
import { launch } from '../process/launch.ts'
import { greeting } from '../process/ports.ts'
import { externalServer, type Server } from '../process/server.ts'
import type { MongodbProgram } from './find-mongodb.ts'

type Options = { dataDir: string; port?: number; print?: Print }

/** Starts the chosen MongoDB, or greets the one that the environment names. */
export async function startMongodb(found: Found<MongodbProgram>, options: Options): Promise<Server> {
  if (found.kind === 'environment') {
    await hello(found.url)
    return externalServer(found.url, found.what, 27017)
  }
  const { dataDir, port, print = () => {} } = options
  const { program } = found
  // The two engines cannot read each other's files.
  const data = join(dataDir, program.engine)
  // A write that mongod acknowledged without `journal` can be lost by kill -9; SecantusDB syncs every commit.
  const url = (at: number) =>
    `mongodb://127.0.0.1:${at}/?directConnection=true${program.engine === 'mongod' ? '&journal=true' : ''}`
  return launch({
    what: found.what,
    dataDir,
    port,
    print,
    url,
    async command(at) {
      await mkdir(data, { recursive: true })
      return program.engine === 'mongod'
        ? mongod(program.file, data, at)
        : secantus(program, dataDir, data, at)
    },
    async ready(at) {
      await greeting(at, false)
      await hello(url(at))
    },
    stopSignal: 'SIGTERM',
  })
}

function mongod(file: string, data: string, port: number) {
  const flags = ['--bind_ip', '127.0.0.1', '--nounixsocket', '--wiredTigerCacheSizeGB', '0.5']
  return { file, args: ['--dbpath', data, '--port', String(port), ...flags] }
}

async function secantus(
  program: { python: string; packages: string },
  dataDir: string,
  data: string,
  port: number,
) {
  // Without a file of its own it would take one from the user's home.
  const config = join(dataDir, 'secantus.toml')
  await writeFile(config, '')
  const where = ['--host', '127.0.0.1', '--port', String(port), '--config', config, '--storage-path', data]
  const flags = ['--sync-on-commit', '--cache-size', '512M', '--log-level', 'WARNING']
  const env = { ...process.env, PYTHONPATH: program.packages, PYTHONNOUSERSITE: '1', PYTHONUNBUFFERED: '1' }
  return { file: program.python, args: ['-m', 'secantus', ...where, ...flags], env }
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
