import type { Readable } from 'node:stream'
import { run } from '@saucery/servers/process/run'

interface Keyboard extends Pick<Readable, 'on' | 'off' | 'resume' | 'pause'> {
  setRawMode(raw: boolean): unknown
}

interface Keys {
  readonly input: Keyboard
  /** By key. */
  readonly commands: Readonly<Record<string, () => unknown>>
  /** Sends this process a signal, as the terminal does outside raw mode. */
  send(signal: 'SIGINT' | 'SIGTSTP'): void
}

const signals: Readonly<Record<string, 'SIGINT' | 'SIGTSTP'>> = { '\u0003': 'SIGINT', '\u001a': 'SIGTSTP' }

/** Calls a command for each key, until the function that it returns has given the terminal its own mode back. */
export function readKeys({ input, commands, send }: Keys): () => void {
  const onData = (data: Buffer | string) => {
    for (const key of String(data)) {
      const signal = signals[key]
      if (signal) {
        stop()
        send(signal)
      } else if (Object.hasOwn(commands, key)) commands[key]?.()
    }
  }
  const stop = () => {
    input.off('data', onData)
    input.setRawMode(false)
    input.pause()
  }
  input.setRawMode(true)
  input.on('data', onData)
  input.resume()
  return stop
}

const lookAgainMs = 2000

/** Reads keys while this process is in the foreground of its terminal: one in the background would be stopped. */
export async function keysInForeground(commands: Keys['commands']): Promise<() => void> {
  const { stdin } = process
  let stop = () => {}
  let ended = false
  let again: ReturnType<typeof setTimeout> | undefined
  const begin = async () => {
    clearTimeout(again)
    const isHere = await isInForeground()
    if (ended) return
    // From the background a shell brings back a running program without a signal.
    if (!isHere) again = setTimeout(begin, lookAgainMs).unref()
    else listen()
  }
  const listen = () => {
    stop()
    stop = readKeys({ commands, input: stdin, send: (signal) => process.kill(process.pid, signal) })
  }
  const end = () => {
    ended = true
    clearTimeout(again)
    stop()
    stop = () => {}
  }
  // The terminal may be gone.
  stdin.on('error', () => {})
  process.on('SIGCONT', () => void begin())
  process.on('exit', end)
  await begin()
  return end
}

const isInForeground = async () =>
  (await run('ps', ['-o', 'stat=', '-p', String(process.pid)])).stdout.includes('+')
