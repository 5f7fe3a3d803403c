import type { z } from 'zod'

/** What is wrong with a setting, for whoever set it; undefined where the schema's own words stand. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_value') return `must be ${alternatives(issue.values.map(String))}`
  if (issue.code === 'invalid_type' && issue.expected === 'number') return 'must be a number'
  if (issue.code === 'invalid_type' && issue.expected === 'int') return 'must be a whole number'
  const isNumber = 'origin' in issue && (issue.origin === 'number' || issue.origin === 'int')
  if (issue.code === 'too_small' && isNumber) return `must be at least ${issue.minimum}`
  if (issue.code === 'too_big' && isNumber) return `must be at most ${issue.maximum}`
  return undefined
}

/** As in "a, b or c". */
function alternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
}
