import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { groupFiles, inTestOrder, parseArguments, selectFiles } from './test-files.ts'

const files = [
  'packages/order/src/domain.test.ts',
  'packages/order/src/order.int.test.ts',
  'packages/system/src/crash.sys.test.ts',
]

describe('the files that pnpm test runs', () => {
  it('are all of them without arguments', () => {
    assert.deepEqual(selectFiles(files, parseArguments([])), files)
  })

  it('are those without servers for --unit', () => {
    assert.deepEqual(selectFiles(files, parseArguments(['--unit'])), [files[0]])
  })

  it('are those whose path contains one of the filters', () => {
    assert.deepEqual(selectFiles(files, parseArguments(['order.int', 'crash'])), [files[1], files[2]])
    assert.deepEqual(selectFiles(files, parseArguments(['nothing'])), [])
  })

  it('leaves other flags to the test runner', () => {
    const parsed = parseArguments(['--test-name-pattern=pays', 'order'])
    assert.deepEqual(parsed, {
      unit: false,
      filters: ['order'],
      flags: ['--test-name-pattern=pays'],
    })
  })
})

it('tests of the whole system are spread among the others, and those of a package are mixed, always alike', () => {
  const names = (kind: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${i}.${kind}.test.ts`)
  const [parts, whole] = [names('int', 4), names('sys', 2)]
  const ordered = inTestOrder([...parts, ...whole])
  const kinds = ordered.map((name) => name.split('.')[1])
  assert.deepEqual(kinds, ['int', 'sys', 'int', 'int', 'sys', 'int'])
  assert.deepEqual(new Set(ordered), new Set([...parts, ...whole]))
  assert.deepEqual(inTestOrder([...whole, ...parts].reverse()), ordered)
  assert.deepEqual(inTestOrder(['a.test.ts', ...whole, ...parts]), [...ordered, 'a.test.ts'])
  const many = names('int', 100)
  assert.ok(inTestOrder(many).filter((name, i) => name === many[i]).length < 10)
})

describe('the files that share a process', () => {
  const texts: Readonly<Record<string, string>> = {
    'plain.test.ts': "it('adds', () => {})",
    'int.int.test.ts': "it('asks', () => {})",
    'hooks.test.ts': "before(() => {})\nit('x', () => {})",
    'server.test.ts': "const server = await start()\nit('x', () => {})",
    'clock.test.ts': "it('waits', (t) => t.mock.timers.tick(1))",
    'env.test.ts': "it('reads', () => { process.env.HOST = 'a' })",
    'calls.test.ts': "it('answers', () => fetch(url))",
    'inner.test.ts': "describe('x', () => {\n  before(() => {})\n})",
  }
  const read = (file: string) => texts[file] ?? ''

  it('need no server, and nothing of one reaches another', () => {
    assert.deepEqual(groupFiles(Object.keys(texts), read), [
      ['plain.test.ts', 'inner.test.ts'],
      ['int.int.test.ts'],
      ['hooks.test.ts'],
      ['server.test.ts'],
      ['clock.test.ts'],
      ['env.test.ts'],
      ['calls.test.ts'],
    ])
  })

  it('are no more than a process runs in a few seconds', () => {
    const many = Array.from({ length: 60 }, (_, i) => `${i}.test.ts`)
    const groups = groupFiles(many, () => '')
    assert.deepEqual(groups.flat(), many)
    assert.deepEqual(
      groups.map(({ length }) => length),
      [25, 25, 10],
    )
  })
})
