import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertNone } from './testing/assert-none.ts'
import { sourceFiles, workspaceRoot } from './testing/sources.ts'
import { visibleTexts } from './testing/visible-texts.ts'

const web = 'packages/web'

/** The same in every language. */
const names = new Set([
  'Saucery',
  'curl',
  'nats stream get',
  'npx pnpm@12 -s sign-in --role operator',
  'DELIVERED',
  'p50',
  'p90',
  'Ctrl',
  'K',
  // The attributes of an event.
  ...['id', 'type', 'source', 'time', 'subject', 'cause', 'stream', 'sequence', 'dataschema'],
])

describe("the page's texts", () => {
  it('are nowhere but in the files of its languages', () => {
    const files = sourceFiles(web).filter((file) => file.endsWith('.tsx'))
    assert.ok(files.length > 10)
    const found = files.flatMap((file) =>
      visibleTexts(file, readFileSync(join(workspaceRoot, web, 'src', file), 'utf8'))
        .filter((text) => !names.has(text.replace(/^[\s·]+|\s+$/g, '')))
        .map((text) => `${file}: ${text}`),
    )
    assertNone(found)
  })

  it('are found between tags, in expressions there, and in attributes that are read', () => {
    const shown = `
      const One = () => (
        <p title="first" class="no" aria-label={a ? 'second' : \`third \${b}\`}>
          fourth {isIt && 'fifth'} {state === 'no' ? t.some : 'sixth'} {' · '}{f('no')}
          <Details of={{ seventh: 'no', [t.some]: 'no' }} />
        </p>
      )`
    assert.deepEqual(
      new Set(visibleTexts('one.tsx', shown).map((text) => text.trim())),
      new Set(['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh']),
    )
  })
})
