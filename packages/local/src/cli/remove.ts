import { root } from '@saucery/servers/install/folders'
import { carryOut } from '../scaffold/carry-out.ts'
import { removableService } from '../scaffold/event-names.ts'
import { planRemoval } from '../scaffold/new-service.ts'
import { portsFrom } from '../system/service-ports.ts'
import { exitWith, readCommandLine } from './command-line.ts'

const usage = `Usage: npx pnpm@12 run remove service NAME [--dry-run]

Takes back what \`new service\` has made, with all that the service has become since: its package, its contracts and
samples, and its place wherever services stand. What its streams, its database and its Secrets contain is not touched.

Options:
  --dry-run  only prints what would be done

Exit codes: 0 done, 1 a file is not as expected or a generator failed, 2 the command is wrong.
`

const options = { 'dry-run': { type: 'boolean', default: false } } as const

const { service, isDry } = readCommandLine(
  usage,
  options,
  ({ 'dry-run': isDry = false }, [what, name, ...more]) => {
    if (what !== 'service' || name === undefined || more.length > 0)
      throw new Error('Say which service: remove service NAME')
    return { service: removableService(name), isDry }
  },
  { takesWords: true },
)

try {
  carryOut(root, () => planRemoval(root, service, portsFrom({})[service]), isDry)
} catch (error) {
  exitWith(error)
}
