import { readFile } from 'node:fs/promises'
import { type Client, openClient } from '@saucery/client/client'
import { signToken } from '@saucery/local/access/sign-in'
import { dataDir } from '@saucery/local/cli/command-line'
import { type Paint, painter, showsColours } from '@saucery/local/demo/paint'
import { findRunning } from '@saucery/local/system/running-file'
import { UsageError } from './exit-codes.ts'

/** What every command has: a client of the system, and where its output goes. */
export interface OpsConnection {
  readonly url: string
  readonly client: Client
  readonly json: boolean
  readonly paint: Paint
  /** The result: to standard output. */
  print(text: string): void
  /** Progress and advice: to standard error, and not with --json. */
  note(text: string): void
  /** Whether a person is there who can be asked. */
  readonly isTerminal: boolean
}

export interface OpsConnectionOptions {
  readonly url?: string | undefined
  readonly tokenFile?: string | undefined
  readonly json?: boolean | undefined
}

const dayS = 86_400
const { env, stdin, stdout, stderr } = process

/**
 * The system of --url, or else the one that runs on this machine's data folder, or else the usual address. The token
 * comes from the environment or a file: the process table shows everybody the command line.
 */
export async function connectTo({
  url,
  tokenFile,
  json = false,
}: OpsConnectionOptions): Promise<OpsConnection> {
  const running = url === undefined ? await findRunning(dataDir) : undefined
  const found = url ?? running?.url ?? 'http://localhost:8088'
  if (!URL.canParse(found)) throw new UsageError(`--url is no URL: ${found}`)
  const own =
    running?.signIn === 'local' ? () => signToken(dataDir, { role: 'operator', seconds: dayS }) : undefined
  const token = (await tokenFrom(tokenFile)) ?? env.SAUCERY_TOKEN ?? (await own?.())
  return {
    url: found,
    client: openClient({ url: found, token: token || undefined, timeoutMs: 15_000, retry: {} }),
    json,
    paint: painter(showsColours(stdout, env)),
    print: (text) => stdout.write(`${text}\n`),
    note: (text) => json || stderr.write(`${text}\n`),
    isTerminal: Boolean(stdin.isTTY && stderr.isTTY),
  }
}

async function tokenFrom(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error) => {
      throw new UsageError(`--token-file cannot be read: ${error.message}`)
    },
  )
}
