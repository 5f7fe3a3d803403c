import { abortOnInterrupt } from '@saucery/local/cli/interrupt'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { commandLine } from './command-line.ts'

Object.assign(process.env, withoutProxyHere(process.env))
const stopped = abortOnInterrupt(() => {})
// A reader that has seen enough, such as `head`, ends the output.
process.stdout.on('error', () => process.exit(0))
await commandLine(process.argv.slice(2), stopped).parseAsync()
