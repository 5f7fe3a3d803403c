import { once } from 'node:events'
import type { WhatAndWhy } from '@saucery/servers/install/found'
import { withoutProxyHere } from '@saucery/servers/process/local-calls'
import { painter, showsColours } from '../demo/paint.ts'
import { writeRunningFile } from '../system/running-file.ts'
import { portsFrom, type StoreName } from '../system/service-ports.ts'
import { type System, startSystem } from '../system/system.ts'
import { attend } from './attend.ts'
import { dataDir, exitWith, readCommandLine } from './command-line.ts'
import { abortOnInterrupt } from './interrupt.ts'
import { pageAddress, signInOf } from './local-access.ts'
import { serviceLines } from './service-lines.ts'
import { readyLine, startUsage } from './start-texts.ts'

const { env, stdout, stderr } = process
Object.assign(env, withoutProxyHere(env))
// On one's own machine faults can be made on purpose; the settings refuse them in production.
env.DRILLS ??= env.NODE_ENV === 'production' ? 'off' : 'on'
const json = env.LOG_FORMAT === 'json'
const colour = showsColours(stdout, env)
const paint = painter(colour && !json)
// When the terminal is gone, everything must still be stopped.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
const print = (line: string) => (json ? stderr : stdout).write(`${line}\n`)

const details = readCommandLine(
  startUsage,
  { details: { type: 'boolean' } },
  (given) => given.details === true,
)
let system: System | undefined
let removeRunningFile = () => {}
const signal = abortOnInterrupt(
  (line) => print(`\n${line}`),
  async () => {
    removeRunningFile()
    await system?.kill()
    process.exit(130)
  },
)

const logs = { on: Boolean(env.LOG_LEVEL) }
const found: Partial<Record<StoreName, WhatAndWhy>> = {}
try {
  system = await startSystem({
    dataDir,
    ports: portsFrom(env),
    env: { ...env, TRACE_STORE: env.TRACE_STORE || 'on' },
    print,
    onLine: serviceLines({ json, colour, write: (text) => stdout.write(text), showsAll: () => logs.on }),
    onFound: (store, one) => {
      found[store] = one
    },
    onReady: (name) => print(readyLine(name, found[name as StoreName], paint)),
    signal,
  })
  const page = await pageAddress(system.urls.gateway)
  const signIn = signInOf(env)
  removeRunningFile = writeRunningFile(dataDir, { url: page, signIn })
  if (!signal.aborted)
    attend({ system, page, signIn, dataDir, found, logs, details, json, paint, print, signal }).catch(
      (error) => print(String(error)),
    )
  if (!signal.aborted) await once(signal, 'abort')
  removeRunningFile()
  await system.stop()
  print('Stopped')
  process.exit(0)
} catch (error) {
  if (signal.aborted) process.exit(130)
  exitWith(error)
}
