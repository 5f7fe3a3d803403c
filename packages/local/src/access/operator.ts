import { join } from 'node:path'
import { writePrivateFile } from '@saucery/servers/install/secrets'
import type { NatsAccess } from './nats-users.ts'

/** The file by which the nats command line connects as the operator of the system on this data folder. */
export const operatorContext = (dataDir: string) => join(dataDir, 'operator.json')

/** Writes the file, in the format of the nats command line's contexts. */
export function writeOperatorContext(dataDir: string, { url, users }: NatsAccess): void {
  const { user, password } = users.operator
  const context = {
    description: 'Saucery on this machine',
    url,
    user,
    password,
    inbox_prefix: '_INBOX_operator',
  }
  writePrivateFile(operatorContext(dataDir), `${JSON.stringify(context, null, 2)}\n`)
}
