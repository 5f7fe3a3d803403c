import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { formatFiles, runGenerator } from '@saucery/local/scaffold/generators'
import { planVersion } from '@saucery/local/scaffold/new-version'
import { writeFiles } from '@saucery/local/scaffold/plan'
import { root } from '@saucery/servers/install/folders'
import { copySources } from '../mutants/source-copy.ts'

const run = promisify(execFile)
const contracts = 'packages/contracts/src'
const tsc = 'node_modules/typescript/bin/tsc'
const published = join(root, 'packages/contracts/generated')

describe('in a copy of the repository', { timeout: 300_000 }, () => {
  let copy: string
  before(async () => {
    copy = await mkdtemp(join(tmpdir(), 'scaffold-'))
    await copySources(root, copy)
  })
  after(() => rm(copy, { recursive: true, force: true }))

  /** Runs Node in the copy, without what the test runner tells its own children. */
  function node(...args: string[]) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    return run(process.execPath, args, { cwd: copy, env })
  }
  const script = (...args: string[]) => node('--import', 'tsx', ...args)
  const scaffold = (...args: string[]) => script('packages/local/src/cli/new.ts', ...args)

  it('a wrong command writes nothing, and exits with 2', async () => {
    const wrong = await scaffold('event', 'DeliveryDelayed', '--service', 'parcels').catch((error) => error)
    assert.equal(wrong.code, 2)
    assert.match(
      wrong.stderr,
      /^--service has to be a service that publishes events\. The known ones: order, /,
    )
  })

  it('a new event and a new version compile, pass the tests of the contracts, and break nothing', async () => {
    // Without its generators, which take most of the time: those of the event run for both.
    const { files } = planVersion(copy, { event: 'DeliveryCompleted', version: 1 })
    writeFiles(copy, files)
    formatFiles(copy, [...files.keys()])
    await scaffold('event', 'DeliveryDelayed', '--service', 'delivery', '--consumed-by', 'payment')
    runGenerator(copy, { folder: 'packages/system', script: 'histories' })

    const tests = ['choreography', 'samples'].map((name) => `${contracts}/${name}.test.ts`)
    const [compared] = await Promise.all([
      script(`${contracts}/compatibility/main.ts`, published),
      script('--test', ...tests),
      node(tsc, '--noEmit'),
      node(tsc, '--noEmit', '-p', 'packages/web'),
    ])
    assert.match(compared.stdout, /Added: DeliveryCompleted 2, DeliveryDelayed/)
  })
})
