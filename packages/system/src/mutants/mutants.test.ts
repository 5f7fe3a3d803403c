import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { findTestFiles, selectFiles } from '@saucery/local/testing/test-files'
import { root } from '@saucery/servers/install/folders'
import { mutantsOf, mutate, selectMutants } from './mutant.ts'
import { mutants } from './tables/all.ts'

describe('the table of mutants', () => {
  it('is not stale: each text occurs exactly once in its file, and has tests', () => {
    const files = findTestFiles(root)
    for (const mutant of mutants) {
      const content = readFileSync(join(root, mutant.file), 'utf8')
      assert.notEqual(mutate(content, mutant), undefined, `${mutant.file}: ${mutant.breaks}`)
      for (const word of mutant.tests)
        assert.ok(selectFiles(files, { unit: false, filters: [word], flags: [] }).length > 0, word)
    }
  })

  it('has fifty mutants at least, all different, each with a row in docs/mutants.md', () => {
    const names = mutants.map(({ breaks }) => breaks)
    assert.ok(names.length >= 50, String(names.length))
    assert.equal(new Set(names).size, names.length)
    const docs = readFileSync(join(root, 'docs/mutants.md'), 'utf8')
    const rows = docs.split('\n').flatMap((line) => /^\| ([^|]+) \| `/.exec(line)?.[1]?.trim() ?? [])
    assert.deepEqual(rows.sort(), names.sort())
  })
})

describe('a mutant', () => {
  const [mutant] = mutantsOf('a.ts', 'a b', ['adds wrongly', 'a + b', 'a - b'])

  it('is stale when its text does not occur exactly once', () => {
    assert.ok(mutant)
    assert.deepEqual(mutant.tests, ['a', 'b'])
    assert.equal(mutate('return a + b', mutant), 'return a - b')
    assert.equal(mutate('return a', mutant), undefined)
    assert.equal(mutate('a + b + a + b', mutant), undefined)
  })

  it('is selected by words of its file or description', () => {
    assert.ok(mutant)
    assert.deepEqual(selectMutants([mutant], []), [mutant])
    assert.deepEqual(selectMutants([mutant], ['a.ts']), [mutant])
    assert.deepEqual(selectMutants([mutant], ['none', 'wrongly']), [mutant])
    assert.deepEqual(selectMutants([mutant], ['none']), [])
  })
})
