import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { findNats } from '../nats/find-nats.ts'
import { startNats } from '../nats/start-nats.ts'
import { removeTempFolder, tempFolder } from '../process/temp.ts'

/** Blocks of 512 or 1,024 bytes, as the shell counts. The server's other files stay below. */
const fullAt = 256

/** A program `nats-server` whose files may not grow beyond a limit, as on a full disk; needs no privileges. */
export async function fullDiskForNats(version: string) {
  const found = await findNats({ env: { ...process.env, NATS_SERVER_VERSION: version } })
  if (found.kind === 'environment') throw new Error('NATS_URL is set: that server cannot be limited')
  const folder = await tempFolder()
  const [bin, limit] = [join(folder, 'bin'), join(folder, 'limit')]
  await mkdir(bin)
  const script = `#!/bin/sh\nulimit -f $(cat '${limit}')\nexec '${found.program.file}' "$@"\n`
  await writeFile(join(bin, 'nats-server'), script, { mode: 0o755 })
  await writeFile(limit, String(fullAt))
  return {
    folder,
    /** With it the program is the first one on the PATH. */
    env: { PATH: [bin, process.env.PATH].join(delimiter), NATS_SERVER_VERSION: version },
    /** More than the disk takes: publish it in parts. */
    tooManyBytes: fullAt * 1024,
    /** From its next start on the server has a disk without limit. */
    free: () => writeFile(limit, 'unlimited'),
    [Symbol.asyncDispose]: () => removeTempFolder(folder),
  }
}

/** A NATS server on such a disk. */
export async function natsWithFullDisk(version: string) {
  const { folder, env, ...disk } = await fullDiskForNats(version)
  const server = await startNats({ dataDir: join(folder, 'nats'), env })
  return {
    ...disk,
    server,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.kill()
      await disk[Symbol.asyncDispose]()
    },
  }
}
