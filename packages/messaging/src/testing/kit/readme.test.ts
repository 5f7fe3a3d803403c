import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { it } from 'node:test'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it('the example of the README is the test that runs here, of 40 lines', () => {
  const example = read('example.test.ts')
  const asPublished = example.replace("'../kit.ts'", "'@saucery/messaging/testing'")
  assert.ok(
    read('../README.md').includes(`\`\`\`ts\n${asPublished}\`\`\``),
    'it differs from example.test.ts',
  )
  assert.ok(example.trimEnd().split('\n').length <= 40)
})

it('the kit needs no other package of this workspace: it is published with this one', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => !file.endsWith('.test.ts'))
  const sources = ['../kit.ts', '../eventually.ts', ...files].map(read)
  const imported = sources.flatMap((source) =>
    [...source.matchAll(/(?:from|import\() ?'([^']+)'/g)].map(([, name]) => name ?? ''),
  )
  assert.ok(imported.length > 30, 'few imports were found')
  assert.deepEqual(
    imported.filter((name) => name.startsWith('@saucery/')),
    [],
  )
  const { dependencies } = JSON.parse(read('../../../package.json'))
  const packages = imported.filter((name) => !/^(\.|node:)/.test(name))
  assert.deepEqual(
    packages.filter((name) => !(name in dependencies)),
    [],
  )
})
