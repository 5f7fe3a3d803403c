import { lowerFirst, publisherOf } from './event-names.ts'
import { contractGenerators } from './generators.ts'
import { openPlan, type Plan } from './plan.ts'
import { nextSample, samplePath } from './sample.ts'
import { addLast, closingOf, endOf, PlaceNotFound } from './source-text.ts'

/** The next version of an event: it has the schema of the one before until somebody extends it, and upcasts from it. */
export function planVersion(root: string, { event, version }: { event: string; version: number }): Plan {
  const draft = openPlan(root)
  const next = version + 1
  draft.edit(`packages/contracts/src/${publisherOf(event)}.ts`, (text) => raise(text, event, version))
  draft.create(samplePath(event, next), nextSample(event, next, draft.read(samplePath(event, version))))
  return {
    files: draft.files,
    generators: [...contractGenerators, { folder: 'packages/system', script: 'histories' }],
  }
}

/** Keeps the schema under a name of its own, before the event's docstring. */
function raise(text: string, event: string, version: number): string {
  const start = endOf(text, `export const ${event} = defineEvent(`)
  const end = closingOf(text, start)
  const call = new RegExp(`^(\\s*'${event}',\\s*'[^']+',\\s*)${version}(,\\s*)`)
  const head = call.exec(text.slice(start, end))
  if (!head) throw new PlaceNotFound(`defineEvent('${event}', '…', ${version}, …)`)
  const given = text
    .slice(start + head[0].length, end)
    .trim()
    .replace(/,$/, '')
  const old = `${lowerFirst(event)}V${version}`
  const { schema, is } = extend(given, old)
  const before = text.slice(0, docstringOf(text, event))
  const between = text.slice(before.length, start)
  const raised = `${head[1]}${version + 1}${head[2]}${is}`
  return `${before}const ${old} = ${schema}\n\n${between}${raised}${text.slice(end)}`
}

/** The third argument: its schema, and what it is when that has a name. `onlyOrderId` has both in one. */
function extend(given: string, old: string): { schema: string; is: string } {
  const earlier = `{ schema: ${old}, upcast: (data: z.infer<typeof ${old}>) => data }`
  const schema = `schema: ${old}.extend({})`
  if (/^\w+$/.test(given))
    return {
      schema: `${given}.schema`,
      is: `{ ${schema}, example: ${given}.example, earlier: [${earlier}] }`,
    }
  const begin = endOf(given, 'schema: ')
  const end = endOfValue(given, begin)
  const is = `${given.slice(0, begin)}${old}.extend({})${given.slice(end)}`
  return {
    schema: given.slice(begin, end),
    is: is.includes('earlier: [')
      ? addLast(is, 'earlier: [', earlier)
      : addLast(is, '{', `earlier: [${earlier}]`),
  }
}

/** Where a property's value ends: at the comma, or the bracket, that is outside of its own brackets. */
function endOfValue(text: string, begin: number): number {
  for (let i = begin; i < text.length; i++) {
    if ('([{'.includes(text[i] as string)) i = closingOf(text, i + 1)
    else if (',}'.includes(text[i] as string)) return text.slice(0, i).trimEnd().length
  }
  throw new PlaceNotFound('a schema')
}

/** Where the event's docstring begins, or its declaration without one. */
function docstringOf(text: string, event: string): number {
  const declared = text.indexOf(`export const ${event} =`)
  const doc = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n$/.exec(text.slice(0, declared))
  return doc?.index ?? declared
}
