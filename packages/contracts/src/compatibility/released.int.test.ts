import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { asyncApiDocument } from '../documents/asyncapi.ts'
import { NoBase } from './git.ts'
import { readContracts } from './published-contracts.ts'
import { findReleased } from './released.ts'
import { compatibilityReport } from './report.ts'

const document = JSON.parse(JSON.stringify(asyncApiDocument()))
const current = readContracts(document)

/** As another release would have it: with one event more. */
function withMore() {
  const more = structuredClone(document)
  more.channels.OrderWeighed = {
    ...more.channels.OrderCancelled,
    address: 'orders.weighed.{orderId}',
    messages: { 'OrderWeighed.1': more.channels.OrderCancelled.messages['OrderCancelled.1'] },
  }
  return more
}

const placed = 'packages/contracts/samples/OrderPlaced.1.json'
const history = 'packages/contracts/histories/delivered.1.json'

describe('the released contracts', () => {
  const folder = mkdtempSync(join(tmpdir(), `contracts-${process.pid}-`))
  const origin = join(folder, 'origin')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: folder,
      stdio: 'pipe',
    })
  const inOrigin = (...args: string[]) => git('-C', origin, ...args)

  function write(root: string, file: string, content: unknown) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), JSON.stringify(content))
  }

  function commit(message: string, released: object = document) {
    write(origin, 'packages/contracts/generated/asyncapi.json', released)
    inOrigin('add', '--all')
    inOrigin('commit', '--quiet', '--allow-empty', '--message', message)
  }

  const clone = (name: string, ...args: string[]) => {
    git('clone', '--quiet', ...args, `file://${origin}`, name)
    return join(folder, name)
  }

  const breaksIn = (root: string, base?: string) =>
    compatibilityReport(findReleased(root, base), current).text.match(/(?<=✗ ).*/g) ?? []

  const refusal = (root: string, base?: string) => {
    try {
      findReleased(root, base)
    } catch (error) {
      assert.ok(error instanceof NoBase, String(error))
      return error.message
    }
    return assert.fail('there was something to compare with')
  }

  before(() => {
    git('init', '--quiet', '--initial-branch=main', origin)
    write(origin, placed, { data: { qty: 1 } })
    write(origin, history, { events: [{ data: { qty: 1 } }], result: 'PLACED' })
    commit('a release')
    inOrigin('checkout', '--quiet', '-b', 'beside')
    commit('beside main')
    inOrigin('checkout', '--quiet', 'main')
    commit('an event more', withMore())
  })

  after(() => rmSync(folder, { recursive: true, force: true }))

  it('are those of the merge base: what main has published since is not missing on a branch', () => {
    const root = clone('on-a-branch', '--branch', 'beside')
    assert.deepEqual(breaksIn(root), [])
    assert.deepEqual(breaksIn(root, 'origin/main'), [])
    assert.match(findReleased(root)[0]?.name ?? '', /^[0-9a-f]{12} \(the merge base with origin\/main\)$/)
  })

  it('are those of the parent on main, and of HEAD when it is named', () => {
    const root = clone('on-main')
    assert.deepEqual(breaksIn(root), [])
    assert.deepEqual(breaksIn(root, 'HEAD'), ['OrderWeighed: the event was removed'])
  })

  it('are found by a local main where there is no remote', () => {
    inOrigin('checkout', '--quiet', 'beside')
    assert.deepEqual(breaksIn(origin), [])
    inOrigin('checkout', '--quiet', 'main')
  })

  it('are missing from a shallow clone, whose message has the command that gets them', () => {
    const onMain = refusal(clone('shallow', '--depth', '1'))
    assert.match(onMain, /parent is not here\. The clone is shallow\. Run: git fetch --unshallow$/)
    const root = clone('shallow-beside', '--depth', '1', '--branch', 'beside')
    const [, command = ''] = /Run: git (.*)$/.exec(refusal(root)) ?? []
    git('-C', root, ...command.split(' '))
    assert.deepEqual(breaksIn(root), [])
  })

  it('are missing from an unknown commit, one without contracts, and a folder that is no repository', () => {
    assert.match(refusal(origin, 'nowhere'), /no folder and no commit nowhere/)
    assert.match(refusal(origin, '--all'), /no folder and no commit --all/)
    inOrigin('checkout', '--quiet', '--orphan', 'empty')
    inOrigin('rm', '--quiet', '-r', '-f', '.')
    inOrigin('commit', '--quiet', '--allow-empty', '--message', 'nothing')
    assert.match(refusal(origin, 'main'), /no commit in common/)
    assert.match(refusal(origin, 'empty'), /has no packages\/contracts\/generated\/asyncapi\.json/)
    inOrigin('checkout', '--quiet', 'main')
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    assert.match(refusal(bare), /no git repository/)
    assert.match(refusal(folder, 'bare'), /has no \.json file/)
    write(bare, 'other.json', { asyncapi: '3.0.0' })
    assert.match(refusal(folder, 'bare'), /other\.json is no AsyncAPI document of these contracts/)
  })

  it('include stored messages, which stay as they are; what the services make of them may change', () => {
    const root = clone('with-records')
    write(root, history, { events: [{ data: { qty: 1 } }], result: 'PAID' })
    assert.deepEqual(breaksIn(root), [])
    write(root, placed, { data: { qty: 2 } })
    write(root, history, { events: [{ data: { qty: 2 } }], result: 'PAID' })
    assert.deepEqual(breaksIn(root), [
      `delivered.1: ${history} has other messages`,
      `OrderPlaced.1: ${placed} has other messages`,
    ])
    rmSync(join(root, placed))
    assert.deepEqual(breaksIn(root).slice(1), [`OrderPlaced.1: ${placed} was removed`])
  })

  it('are compared by the command, whose exit code tells the outcome', () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url))
    const main = fileURLToPath(new URL('main.ts', import.meta.url))
    const check = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', main, ...args], { cwd: root, encoding: 'utf8' })
    write(join(folder, 'same'), 'last.json', document)
    const passed = check(join(folder, 'same'))
    assert.equal(passed.status, 0, passed.stdout + passed.stderr)
    assert.match(passed.stdout, /✔ Nothing that was published breaks\n$/)
    const released = join(folder, 'releases')
    write(released, 'last.json', withMore())
    const failed = check(released)
    assert.equal(failed.status, 1, failed.stdout + failed.stderr)
    assert.match(failed.stdout, /✗ OrderWeighed: the event was removed\n {2}→ Declare it again/)
    assert.equal(check(join(folder, 'nowhere')).status, 2)
    assert.match(check('--help').stdout, /^Usage: npx pnpm@12 contracts:check \[base\]/)
  })
})
