import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lanesOf, parseArguments, selectFiles } from './test-files.ts'

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

describe('the lanes of the test files', () => {
  it('have tests of the whole system beside the others, each file once', () => {
    const [whole, parts] = lanesOf(files)
    assert.deepEqual([whole.files, parts?.files], [[files[2]], files.slice(0, 2)])
  })

  it('are one when there is one kind of tests', () => {
    assert.deepEqual(lanesOf(files.slice(0, 2)), [{ files: files.slice(0, 2), concurrency: 3 }])
    assert.equal(lanesOf(files.slice(2))[1], undefined)
  })
})
