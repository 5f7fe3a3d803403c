import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { commandsOf } from './printed.ts'
import { openBash } from './testing/bash.ts'

const read = (name: string) => readFileSync(join(root, name), 'utf8')
const commands = commandsOf(read('README.md')).map(({ script }) => script.trimEnd())
const ofCi = read('.ci/run').split('\n')

/** What each command prints when it has worked. Those that are not here are what the CI itself runs. */
const printed: Readonly<Record<string, RegExp>> = {
  'npx pnpm@12 start': /➜ +(http:\S+)/,
  'npx pnpm@12 demo': /DeliveryCompleted[\s\S]*PaymentRefunded/,
  'npx pnpm@12 -s ops status': /^order +up/m,
  'curl -X POST localhost:8088/orders': /"status":"PLACED"/,
}
const printedBy = (command: string) =>
  Object.entries(printed).find(([start]) => command.startsWith(start))?.[1]

/** Types a command that runs until Ctrl-C, and waits until it has printed this. */
async function typed(command: string, env: NodeJS.ProcessEnv, ready: RegExp) {
  const shell = spawn('bash', ['-c', command], { cwd: root, env, detached: true, stdio: 'pipe' })
  const exited = once(shell, 'close')
  let output = ''
  const found = await new Promise<string>((resolve, reject) => {
    for (const stream of [shell.stdout, shell.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        output += part
        const match = ready.exec(output)
        if (match) resolve(match[1] ?? '')
      })
    void exited.then(() => reject(new Error(`${command} ended:\n${output}`)))
  })
  return {
    found,
    /** As a terminal does: to everything that the command has started in the foreground. */
    async interrupt() {
      process.kill(-(shell.pid ?? 0), 'SIGINT')
      await exited
      return output
    },
  }
}

describe('the commands of the README', { timeout: 200_000 }, () => {
  it('are all run: here, or by the CI', () => {
    assert.ok(commands.length >= 4, 'no commands were found')
    assert.deepEqual(
      commands.filter((command) => !printedBy(command) && !ofCi.includes(command)),
      [],
    )
  })

  it('start the system, send orders along every path, and place one', async (t) => {
    const folder = await tempFolder()
    const services = ['ORDER', 'PAYMENT', 'DELIVERY', 'DASHBOARD', 'GATEWAY']
    const anyPorts = Object.fromEntries(services.map((name) => [`${name}_PORT`, '0']))
    const env = { ...process.env, ...anyPorts, npm_config_yes: 'true', SAUCERY_DATA: folder }
    const here = commands.filter((command) => printedBy(command))
    const [start = '', ...others] = here
    assert.equal(start, 'npx pnpm@12 start')
    const began = performance.now()
    const system = await typed(start, env, printedBy(start) as RegExp)
    t.diagnostic(`${Math.round(performance.now() - began)} ms until the page's address is printed`)
    const bash = openBash({ cwd: root, env, withinMs: 90_000 })
    try {
      for (const command of others) {
        const script = command.replaceAll('localhost:8088', new URL(system.found).host)
        assert.match(await bash.run(script), printedBy(command) as RegExp)
      }
    } finally {
      await bash[Symbol.asyncDispose]()
      const output = await system.interrupt()
      assert.match(output, /Stopped|stopped/)
      await removeTempFolder(folder)
    }
  })
})
