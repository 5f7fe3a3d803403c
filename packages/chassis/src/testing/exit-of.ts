import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Runs the script in a process of its own, and sends the signal once it prints `ready`.
 * @param onOutput called with all that it has printed so far
 */
export async function exitOf(
  script: string,
  signal: NodeJS.Signals = 'SIGTERM',
  onOutput: (output: string) => void = () => {},
) {
  const code = `
    import { Hono } from 'hono'
    import { serveUntilStopped } from './src/lifecycle/serve.ts'
    import { commonSettings, readSettings } from './src/settings/settings.ts'
    import { stopSignal, stopWithin } from './src/lifecycle/shutdown.ts'
    import { silentLog as log } from './src/testing/log.ts'
    const print = async (text) => process.stdout.write(text + ' ')
    const never = () => new Promise((resolve) => setTimeout(resolve, 60_000))
    ${script}`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], { cwd })
  let output = ''
  child.stdout.on('data', (text) => {
    if (!output.includes('ready') && (output + text).includes('ready')) child.kill(signal)
    output += text
    onOutput(output)
  })
  child.stderr.on('data', (text) => {
    output += text
  })
  const [exit, killedBy] = await once(child, 'close')
  return { output: output.trim(), exit: killedBy ?? exit }
}
