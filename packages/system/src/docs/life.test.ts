import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'

/** What a page names in a file: `` `one` and `two` in [file.ts](path) ``. */
const mention = /((?:`\w+`(?:, | and )?)+) in \[[\w.-]+\]\(([^)]+\.ts)\)/g

const mentions = [...readFileSync(join(root, 'docs/life-of-an-order.md'), 'utf8').matchAll(mention)].flatMap(
  ([, names = '', file = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => ({ name, file })),
)

it('the life of an order names functions that their files export', () => {
  assert.ok(mentions.length > 30, `only ${mentions.length} were found`)
  const missing = mentions.filter(({ name, file }) => {
    const source = readFileSync(join(root, 'docs', file), 'utf8')
    return !new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').test(source)
  })
  assert.deepEqual(missing, [])
})
