import type { z } from 'zod'
import { invalidFields, ProblemError } from './problem.ts'

/**
 * A 422 that names each invalid field once, with the first thing that is wrong with it.
 * @param source `body`, `header` or `query`
 * @param input what was not valid
 */
export function invalidInput(error: z.core.$ZodError, source: string, input: unknown): ProblemError {
  const details = new Map<string, string>()
  for (const issue of error.issues)
    for (const { path, detail } of fieldsIn(issue, input, source)) {
      const place = source === 'body' ? pointerTo(path) : path.join('.')
      if (!details.has(place)) details.set(place, detail)
    }
  const kind = source === 'body' ? 'pointer' : source === 'header' ? 'header' : 'parameter'
  return new ProblemError(invalidFields([...details].map(([place, detail]) => ({ [kind]: place, detail }))))
}

// Unknown fields come as one issue with the object that they are in.
function fieldsIn({ path, message, ...issue }: z.core.$ZodIssue, input: unknown, source: string) {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], detail: 'is not known' }))
  const isMissing = path.length > 0 && valueAt(path, input) === undefined
  if (isMissing) return [{ path, detail: 'is required' }]
  // Hono makes an array of a parameter that is repeated; no parameter is a list.
  const isRepeated = source === 'query' && Array.isArray(valueAt(path, input))
  return [{ path, detail: isRepeated ? 'is there more than once' : message }]
}

const valueAt = (path: PropertyKey[], input: unknown): unknown =>
  path.reduce((parent, key) => (parent as Record<PropertyKey, unknown> | undefined)?.[key], input)

const pointerTo = (path: PropertyKey[]) =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
