import { openClient } from '@saucery/client/client'
import type { WhatAndWhy } from '@saucery/servers/install/found'
import type { Print } from '@saucery/servers/process/child'
import { signToken } from '../access/sign-in.ts'
import type { Paint } from '../demo/paint.ts'
import { runEachPath } from '../demo/paths.ts'
import type { RunningFile } from '../system/running-file.ts'
import type { StoreName } from '../system/service-ports.ts'
import type { System } from '../system/system.ts'
import { eventLines } from './event-lines.ts'
import { followOrders } from './follow-orders.ts'
import { keysInForeground } from './keys.ts'
import { limitLines } from './limit-lines.ts'
import { signInLinks } from './local-access.ts'
import { openPage } from './open-page.ts'
import { helpText, readyText, tracesAt } from './start-texts.ts'

interface Attended {
  readonly system: System
  readonly page: string
  readonly signIn: RunningFile['signIn']
  readonly dataDir: string
  readonly found: Partial<Record<StoreName, WhatAndWhy>>
  /** Whether the services' logs are printed. */
  readonly logs: { on: boolean }
  /** Print the help at once. */
  readonly details: boolean
  /** The output is for a program: no events and no keys. */
  readonly json: boolean
  readonly paint: Paint
  readonly print: Print
  readonly signal: AbortSignal
}

/** Prints that the system is ready, and then each event that happens; reads keys on a terminal. Until it is aborted. */
export async function attend(options: Attended): Promise<void> {
  const { system, page, signIn, dataDir, details, json, paint, print, signal } = options
  const hasKeys = Boolean(process.stdin.isTTY && process.stdout.isTTY && !process.env.CI && !json)
  const auth = signIn !== 'off'
  const links = async () => (signIn === 'local' && !json ? signInLinks(dataDir, page) : {})
  const seconds = process.uptime()
  const traces = tracesAt(page, system.hasTraces, process.env)
  const help = (links: Readonly<Record<string, string>>) =>
    helpText({ ...options, auth, links, traces, logs: hasKeys ? options.logs.on : undefined })
  const drills = process.env.DRILLS === 'on'
  print(readyText({ page, seconds, auth, links: await links(), hasKeys, traces, drills }, paint))
  if (details) print(help({}))
  if (json) return

  /** A caller who may see everything; with another issuer there is none. A token does not last. */
  const client = openClient({
    url: system.urls.gateway,
    token: () => (signIn === 'local' ? signToken(dataDir, { role: 'operator' }) : undefined),
  })
  let inDemo = false
  const demo = async () => {
    if (inDemo) return
    inDemo = true
    try {
      await runEachPath({ client, url: page, print, paint })
    } catch (error) {
      print(`The demo ended: ${error instanceof Error ? error.message : error}`)
    }
    inDemo = false
  }

  if (signIn !== 'issuer') {
    const linesOf = eventLines(Date.now(), paint)
    const limited = limitLines(print)
    const onView: Parameters<typeof followOrders>[0]['onView'] = (view) => {
      // The demo prints its own events.
      for (const line of linesOf(view)) if (!inDemo) limited(line)
    }
    void followOrders({ client, stopped: signal, onView })
  }
  if (!hasKeys) return
  const stopKeys = await keysInForeground({
    h: async () => print(help(await links())),
    o: () => openPage(page, () => print(`No browser could be opened here. The page: ${page}`)),
    d: demo,
    l: () => {
      options.logs.on = !options.logs.on
      print(paint('dim', `The services' logs are ${options.logs.on ? 'on' : 'off: warnings alone'}`))
    },
    q: () => process.kill(process.pid, 'SIGINT'),
  })
  signal.addEventListener('abort', stopKeys)
  if (signal.aborted) stopKeys()
}
