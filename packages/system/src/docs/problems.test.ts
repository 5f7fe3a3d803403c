import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const speaking = ['chassis', 'order', 'payment', 'delivery', 'dashboard', 'gateway']

function sourcesOf(name: string): string[] {
  const folder = join(root, 'packages', name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** Every problem that the sources give: its code, with its status where that is said beside it. */
function problemsInSources(): { code: string; status: string | undefined }[] {
  return speaking.flatMap(sourcesOf).flatMap((source) => {
    // (?<!readonly ): what a domain refuses has codes of its own, which are no problems.
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
  it('has every problem that is given, with its status', () => {
    const given = problemsInSources()
    assert.ok(given.length > 10)
    for (const { code, status } of given) {
      assert.ok(table.has(code), code)
      if (status !== undefined) assert.equal(table.get(code), status, code)
    }
  })

  it('has no problem that nobody gives', () => {
    const given = new Set(problemsInSources().map(({ code }) => code))
    assert.deepEqual(
      [...table.keys()].filter((code) => !given.has(code)),
      [],
    )
  })
})
