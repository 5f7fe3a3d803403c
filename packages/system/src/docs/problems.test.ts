import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { consumingServices } from '@saucery/contracts/choreography'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const packages = ['chassis', ...consumingServices, 'gateway']

function sourcesOf(name: string): string[] {
  const folder = join(root, 'packages', name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** Every problem in the sources: its code, and its status where that stands beside the code. */
function problemsInSources(): { code: string; status: string | undefined }[] {
  return packages.flatMap(sourcesOf).flatMap((source) => {
    // (?<!readonly ): the codes of a domain's refusals are no problem codes.
    const places = source.matchAll(/(?:status: (\d{3}),\s*)?(?<!readonly )\bcode(?::| =)([^,;}\n]*)/g)
    return [...places].flatMap(([, status, value = '']) =>
      [...value.matchAll(/'([a-z]+(?:-[a-z]+)+)'/g)].map(([, code = '']) => ({ code, status })),
    )
  })
}

const table = new Map(
  [...readFileSync(join(root, 'docs/problems.md'), 'utf8').matchAll(/^\| (\d{3}) +\| `([a-z-]+)` +\|/gm)].map(
    ([, status, code]) => [code as string, status as string],
  ),
)

describe('the table of problems', () => {
  it('has every problem of the sources, with its status', () => {
    const inSources = problemsInSources()
    assert.ok(inSources.length > 10)
    for (const { code, status } of inSources) {
      assert.ok(table.has(code), code)
      if (status !== undefined) assert.equal(table.get(code), status, code)
    }
  })

  it('has no other problem', () => {
    const inSources = new Set(problemsInSources().map(({ code }) => code))
    assert.deepEqual(
      [...table.keys()].filter((code) => !inSources.has(code)),
      [],
    )
  })

  it('has every problem that the page has a text for', () => {
    const korean = readFileSync(join(root, 'packages/web/src/texts/ko.ts'), 'utf8')
    const problems = /problems: \{([^}]*)\}/.exec(korean)?.[1] ?? ''
    const codes = [...problems.matchAll(/^ +'([a-z-]+)':/gm)].map(([, code = '']) => code)
    assert.ok(codes.length > 10)
    assert.deepEqual(
      codes.filter((code) => !table.has(code)),
      [],
    )
  })
})
