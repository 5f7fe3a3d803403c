import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NatsAccess } from './nats-users.ts'

/** The file by which the nats command line knows the system on this data folder. */
export const operatorContext = (dataDir: string) => join(dataDir, 'operator.json')

/** Writes, readable by its owner only, where NATS is and how the operator gets in: a context of the nats command line. */
export async function writeOperatorContext(dataDir: string, { url, users }: NatsAccess): Promise<void> {
  const { user, password } = users.operator
  const context = {
    description: 'Saucery on this machine',
    url,
    user,
    password,
    inbox_prefix: '_INBOX_operator',
  }
  const file = operatorContext(dataDir)
  await writeFile(`${file}.new`, `${JSON.stringify(context, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}
