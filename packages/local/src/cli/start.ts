import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dataFolder } from '@saucery/servers/install/folders'
import { portsFrom } from '../system/service-ports.ts'
import { type System, startSystem } from '../system/system.ts'
import { abortOnInterrupt } from './interrupt.ts'
import { serviceLines } from './service-lines.ts'
import { ready, usage } from './start-texts.ts'

const { env, stdout, stderr } = process
const json = env.LOG_FORMAT === 'json'
const colour = stdout.isTTY && !env.NO_COLOR
// A terminal that is gone must not keep anything from being stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
const print = (text: string) => (json ? stderr : stdout).write(`${text}\n`)

let system: System | undefined
const interrupted = abortOnInterrupt(
  (text) => print(`\n${text}`),
  async () => {
    await system?.kill()
    process.exit(130)
  },
)

readArguments()
try {
  const dataDir = resolve(env.SAUCERY_DATA || dataFolder)
  const onLine = serviceLines({ json, colour, write: (text) => stdout.write(text) })
  system = await startSystem({ dataDir, ports: portsFrom(env), env, print, onLine, signal: interrupted })
  print(ready(system, dataDir, process.uptime(), env.AUTH === 'on'))
  await new Promise((resolve) => {
    if (interrupted.aborted) resolve(undefined)
    interrupted.addEventListener('abort', resolve)
  })
  await system.stop()
  print('Stopped')
  process.exit(0)
} catch (error) {
  if (interrupted.aborted) process.exit(130)
  stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}

function readArguments(): void {
  try {
    const args = process.argv.slice(2).filter((arg) => arg !== '--')
    const { values } = parseArgs({ args, options: { help: { type: 'boolean', short: 'h' } } })
    if (!values.help) return
    stdout.write(usage)
    process.exit(0)
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    process.exit(2)
  }
}
