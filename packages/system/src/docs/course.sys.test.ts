import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { eventually } from '@saucery/messaging/testing/eventually'
import { root } from '@saucery/servers/install/folders'
import { onPath } from '@saucery/servers/process/programs'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { type RunningSystem, runningSystem } from '../support/running-system.ts'
import { findHttpie } from '../testing/find-httpie.ts'
import { commandsOf, missingFrom } from './printed.ts'
import { type Bash, openBash } from './testing/bash.ts'

const read = async (name: string) => commandsOf(await readFile(join(root, 'docs', name), 'utf8'))

const ports = { order: 8084, payment: 8085, delivery: 8086, dashboard: 8087, gateway: 8088 } as const

/** The settings before `npx pnpm@12 start`. */
const starts = (script: string) => /^((?:\w+=\S+ )*)npx pnpm@12 start\n$/.exec(script)

/** Only reads, so that it can be repeated until it shows what happens meanwhile. */
const onlyReads = (script: string) => !/POST|branchId=|brancdId=|siege|pkill/.test(script)

/** A folder with `http` as in a terminal, and a `pkill` that finds nothing but the services of this system. */
async function programsFor(system: RunningSystem, folder: string): Promise<NodeJS.ProcessEnv> {
  const httpie = await findHttpie()
  assert.ok(httpie, 'no Python with pip is on the PATH')
  const bin = join(folder, 'bin')
  await mkdir(join(bin, 'config'), { recursive: true })
  const services = ['delivery', 'payment'] as const
  const cases = services.map((name) => `${name}.mjs) kill "$1" ${system.services[name].pid} ;;`)
  const scripts = {
    http: `PYTHONPATH='${httpie.packages}' exec '${httpie.file}' ${httpie.args.join(' ')} "$@"`,
    // siege 4.0 hangs at its end now and then.
    siege: `for try in 1 2 3; do timeout -s KILL 30 '${onPath('siege', process.env)[0]}' "$@" && exit; done; exit 1`,
    pkill: `case "$3" in ${cases.join(' ')} *) exit 1 ;; esac`,
  }
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  const options = { default_options: ['--ignore-stdin', '--print=hb', '--pretty=format'] }
  await writeFile(join(bin, 'config', 'config.json'), JSON.stringify(options))
  const env = { HTTPIE_CONFIG_DIR: join(bin, 'config'), HOME: folder, PATH: `${bin}:${process.env.PATH}` }
  return { ...process.env, ...env }
}

describe('the page for those who come from the course', { timeout: 400_000 }, () => {
  it('has the same commands and answers in both languages', async () => {
    const inEnglish = await read('from-the-course.md')
    const inKorean = await read('from-the-course.ko.md')
    const withoutHeading = (commands: typeof inEnglish) =>
      commands.map(({ script, answer }) => [script, answer])
    assert.deepEqual(withoutHeading(inKorean), withoutHeading(inEnglish))
  })

  it('shows what its commands answer, from top to bottom', async (t) => {
    const hasSiege = onPath('siege', process.env).length > 0
    if (!hasSiege) t.diagnostic('LEFT OUT: the commands with siege, which is not on the PATH')
    assert.ok(hasSiege || !process.env.CI, 'siege is not on the PATH')
    const folder = await tempFolder()
    const opened: AsyncDisposable[] = []
    let system: RunningSystem | undefined
    let bash: Bash | undefined
    const end = async () => {
      for (const one of opened.splice(0)) await one[Symbol.asyncDispose]()
    }
    try {
      for (const { script, answer = '…' } of await read('from-the-course.md')) {
        const started = starts(script)
        if (started) {
          await end()
          const settings = [...(started[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
            name,
            value,
          ])
          system = await runningSystem(Object.fromEntries(settings))
          const env = await programsFor(system, folder)
          bash = openBash({ cwd: folder, env, withinMs: 100_000 })
          opened.unshift(bash, system)
          continue
        }
        if (script.includes('siege') && !hasSiege) continue
        assert.ok(system && bash, 'the page starts no system')
        const { urls } = system
        const here = Object.entries(ports).reduce(
          (text, [name, port]) =>
            text.replaceAll(`localhost:${port}`, new URL(urls[name as keyof typeof ports]).host),
          script,
        )
        const follow = async (bash: Bash) => {
          const output = (await bash.run(here)).replaceAll('\r', '')
          const missing = missingFrom(output, answer)
          assert.equal(missing, undefined, `${script}\nanswered\n${output}\nwithout\n${missing}`)
        }
        const shell = bash
        // On a busy machine the breaker has half opened again by the time of the last order.
        const isTimed = answer.includes('payment-unavailable')
        if (onlyReads(script) || isTimed) await eventually(() => follow(shell), isTimed ? 60_000 : 20_000)
        else await follow(shell)
      }
    } finally {
      await end()
      await removeTempFolder(folder)
    }
  })
})
