import assert from 'node:assert/strict'

/** Fails with all lines. `deepEqual` with `[]` would print only the first of many. */
export function assertNone(lines: readonly string[]): void {
  assert.ok(lines.length === 0, `\n${lines.join('\n')}\n`)
}
