import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { roles } from '@saucery/contracts/access/scope'
import { dataFolder } from '@saucery/servers/install/folders'
import { signToken, type TokenClaims } from '../access/sign-in.ts'

const usage = `Usage: npx pnpm@12 -s sign-in --role branch --branch 1
       npx pnpm@12 -s sign-in --role courier | operator

Prints a token for a system that was started here with AUTH=on.

  --role      ${roles.join(', ')}
  --branch    the branch's id, for the role branch
  --subject   who it is (courier, branch-1 …)
  --seconds   how long it is valid (3600)
`

const dataDir = resolve(process.env.SAUCERY_DATA || dataFolder)
process.stdout.write(`${await signToken(dataDir, readArguments())}\n`)

function readArguments(): TokenClaims {
  try {
    const text = { type: 'string' } as const
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const options = { role: text, branch: text, subject: text, seconds: { ...text, default: '3600' } }
    const { role = '', branch, subject, seconds } = parseArgs({ args, options }).values
    if (!roles.some((known) => known === role)) throw new Error(`--role has to be ${roles.join(', ')}`)
    if ((role === 'branch') !== (branch !== undefined))
      throw new Error('--branch is for the role branch, and needed there')
    if (!/^\d{1,9}$/.test(seconds)) throw new Error('--seconds has to be a number')
    return { role, branch, subject, seconds: Number(seconds) }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
