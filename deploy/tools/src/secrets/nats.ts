import { writeFileSync } from 'node:fs'
import { usersConf, usersFile } from './nats-users-file.ts'

writeFileSync(usersFile, usersConf())
