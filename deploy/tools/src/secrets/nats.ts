import { writeFileSync } from 'node:fs'
import { readCommandLine } from '@saucery/local/cli/command-line'
import { usersConf, usersFile } from './nats-users-file.ts'

const usage = `Usage: npx pnpm@12 deploy:nats

Writes the users of NATS, with what each may publish and subscribe to, into the configuration of the deployed server.
`

readCommandLine(usage, {}, () => {})
writeFileSync(usersFile, usersConf())
