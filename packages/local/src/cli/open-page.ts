import { spawn } from 'node:child_process'

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Opens the page in the browser of this desktop. The address is on a command line: it must have no token. */
export function openPage(url: string, onFailure: () => void): void {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' })
  child.once('error', onFailure)
  child.once('exit', (code) => {
    if (code) onFailure()
  })
  child.unref()
}
