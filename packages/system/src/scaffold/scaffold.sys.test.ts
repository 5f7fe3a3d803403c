import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openClient } from '@saucery/client/client'
import { formatFiles, install, runGenerator } from '@saucery/local/scaffold/generators'
import { planVersion } from '@saucery/local/scaffold/new-version'
import { writeFiles } from '@saucery/local/scaffold/plan'
import { startCommand } from '@saucery/local/testing/started'
import { eventually } from '@saucery/messaging/testing/eventually'
import { root } from '@saucery/servers/install/folders'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import { copyFiles } from '../mutants/source-copy.ts'

const run = promisify(execFile)
const contracts = 'packages/contracts/src'
const published = join(root, 'packages/contracts/generated')
const loyalty = ['loyalty', '--consumes', 'DeliveryCompleted', '--publishes', 'PointsEarned']

describe('in a copy of the repository', { timeout: 400_000 }, () => {
  let copy: string
  before(async () => {
    copy = await tempFolder()
    await copyFiles(root, copy)
    runGenerator(copy, install)
    await run('git', ['init', '--quiet'], { cwd: copy })
  })
  after(() => removeTempFolder(copy))

  /** Runs Node in the copy, without what the test runner tells its own children. */
  function script(...args: string[]) {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    return run(process.execPath, ['--import', 'tsx', ...args], { cwd: copy, env, maxBuffer: 2 ** 26 })
  }
  const command = (name: string, ...args: string[]) => script(`packages/local/src/cli/${name}.ts`, ...args)
  const git = async (...args: string[]) => (await run('git', args, { cwd: copy })).stdout
  /** What has changed since `git add`, and what is new. */
  const changes = async () => (await git('diff')) + (await git('ls-files', '--others', '--exclude-standard'))

  it('a wrong command writes nothing, and exits with 2', async () => {
    await git('add', '--all')
    const refused: [RegExp, ...string[]][] = [
      [/^--service has to be .*\. The known ones: order, /, 'new', 'event', 'ALost', '--service', 'parcels'],
      [/^The name payments is taken/, 'new', 'service', 'payments', ...loyalty.slice(1)],
      [/^new event takes no --consumes/, 'new', 'event', 'PointsSpent', '--consumes', 'OrderPlaced'],
      [/^--consumes has to name an event/, 'new', 'service', 'loyalty', '--publishes', 'PointsEarned'],
      [/^order consumes events of delivery/, 'remove', 'service', 'delivery'],
      [/^There is no service loyalty/, 'remove', 'service', 'loyalty'],
    ]
    await Promise.all(
      refused.map(async ([why, name = '', ...args]) => {
        const wrong = await command(name, ...args).catch((error) => error)
        assert.match(String(wrong.stderr), why)
        assert.equal(wrong.code, 2)
      }),
    )
    assert.equal(await changes(), '')
  })

  it('a new event and a new version pass the tests of the contracts, and break nothing', async () => {
    // Without its generators: those of the event run for both.
    const { files } = planVersion(copy, { event: 'DeliveryCompleted', version: 1 })
    writeFiles(copy, files)
    formatFiles(copy, [...files.keys()])
    await command('new', 'event', 'DeliveryDelayed', '--service', 'delivery', '--consumed-by', 'payment')
    runGenerator(copy, { folder: 'packages/system', script: 'histories' })
    const tests = ['choreography', 'samples'].map((name) => `${contracts}/${name}.test.ts`)
    const [compared] = await Promise.all([
      script(`${contracts}/compatibility/main.ts`, published),
      script('--test', ...tests),
    ])
    assert.match(compared.stdout, /Added: DeliveryCompleted 2, DeliveryDelayed/)
  })

  it('a new service passes the check of the repository and its own tests', async () => {
    await git('add', '--all')
    const { stdout } = await command('new', 'service', ...loyalty, '--dry-run')
    assert.match(stdout, /^create {2}packages\/loyalty\/src\/domain\.ts$/m)
    assert.equal(await changes(), '')
    await command('new', 'service', ...loyalty)
    runGenerator(copy, { folder: '', script: 'check' })
    await script('packages/local/src/testing/run-tests.ts', 'packages/loyalty', 'choreography.test')
  })

  it('takes part in an order, as its timeline shows', async () => {
    const started = await startCommand(join(copy, '.data/started'), { cwd: copy, env: { LOYALTY_PORT: '0' } })
    try {
      const client = openClient({ url: started.url })
      const body = { branchId: 1, sauceId: 1, qty: 1, price: 10_000 }
      const { id } = (await client.post('/orders', { body })).data
      const path = { id }
      await eventually(() => client.post('/deliveries/{id}/complete', { path }))
      await eventually(async () => {
        const { timeline } = await client.get('/orderDashboards/{id}', { path })
        const [cause, earned] = ['DeliveryCompleted', 'PointsEarned'].map((name) =>
          timeline.find(({ event }) => event === name),
        )
        assert.equal(earned?.cause, cause?.id ?? 'none')
      })
      const answer = await fetch(`${started.url}/loyalties/${id}`)
      assert.match(await answer.text(), /"status":"EARNED"/)
    } finally {
      await started.signal('SIGTERM')
    }
  })

  it('is removed without a difference', async () => {
    await command('remove', 'service', 'loyalty')
    assert.equal(await changes(), '')
  })
})
