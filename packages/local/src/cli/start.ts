import { once } from 'node:events'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { portsFrom } from '../system/service-ports.ts'
import { type System, startSystem } from '../system/system.ts'
import { dataDir, exitWith, readCommandLine } from './command-line.ts'
import { abortOnInterrupt } from './interrupt.ts'
import { serviceLines } from './service-lines.ts'
import { startUsage, summary } from './start-texts.ts'

const { env, stdout, stderr } = process
Object.assign(env, withoutProxyHere(env))
const json = env.LOG_FORMAT === 'json'
const colour = stdout.isTTY && !env.NO_COLOR
// When the terminal is gone, everything must still be stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
const print = (line: string) => (json ? stderr : stdout).write(`${line}\n`)

readCommandLine(startUsage, {}, () => {})
let system: System | undefined
const signal = abortOnInterrupt(
  (line) => print(`\n${line}`),
  async () => {
    await system?.kill()
    process.exit(130)
  },
)

try {
  const onLine = serviceLines({ json, colour, write: (text) => stdout.write(text) })
  system = await startSystem({ dataDir, ports: portsFrom(env), env, print, onLine, signal })
  print(summary(system, dataDir, process.uptime(), env.AUTH === 'on'))
  if (!signal.aborted) await once(signal, 'abort')
  await system.stop()
  print('Stopped')
  process.exit(0)
} catch (error) {
  if (signal.aborted) process.exit(130)
  exitWith(error)
}
