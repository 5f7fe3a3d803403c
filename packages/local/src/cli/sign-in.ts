import { roles } from '@saucery/contracts/access/scope'
import { signToken } from '../access/sign-in.ts'
import { dataDir, readCommandLine } from './command-line.ts'

const usage = `Usage: npx pnpm@12 -s sign-in --role branch --branch 1
       npx pnpm@12 -s sign-in --role courier | operator

Prints a token for a system that was started here with AUTH=on.

  --role      ${roles.join(', ')}
  --branch    the branch's id, for the role branch
  --subject   the caller's name (courier, branch-1 …)
  --seconds   how long the token is valid (3600)
`

const text = { type: 'string' } as const
const options = { role: text, branch: text, subject: text, seconds: { ...text, default: '3600' } }

const claims = readCommandLine(usage, options, ({ role = '', branch, subject, seconds = '' }) => {
  if (!roles.some((known) => known === role)) throw new Error(`--role has to be ${roles.join(', ')}`)
  if ((role === 'branch') !== (branch !== undefined))
    throw new Error('--branch is for the role branch, and required there')
  if (!/^\d{1,9}$/.test(seconds)) throw new Error('--seconds has to be a number')
  return { role, branch, subject, seconds: Number(seconds) }
})
process.stdout.write(`${await signToken(dataDir, claims)}\n`)
