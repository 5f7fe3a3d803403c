import { isDeepStrictEqual } from 'node:util'

/** A JSON Schema (draft 7) as data. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown }

/** What has changed in a schema besides optional fields that were added. */
export interface SchemaChange {
  /** Such as `payBy`, `items[].qty`, or `weight|2` for its second alternative; empty for the whole. */
  readonly field: string
  /** The rest of a sentence that begins with the field. */
  readonly change: string
}

type Keywords = Exclude<JsonSchema, boolean>

/** They describe, and refuse no data. `default` does not belong here: it is in the data that is read. */
const annotations = new Set(['description', 'title', 'examples', '$comment', '$schema', 'deprecated'])

/** Compared field by field, below. */
const compared = new Set(['properties', 'required', 'enum', 'const', 'type'])

/** Of one schema, or of a list of them. */
const ofParts = new Set(['items', 'additionalProperties', 'propertyNames', 'anyOf', 'oneOf', 'allOf'])

/** Of schemas by name. */
const ofNamed = new Set(['definitions', '$defs'])

/**
 * The changes that old data, or consumers that have the schema from before, may not survive. Added optional fields are
 * none: consumers ignore fields that they do not know. To widen is one: a consumer from before refuses the new data.
 * (schema-changes.test: "are missing only where old and new code read each other’s data")
 */
export function schemaChanges(before: JsonSchema, after: JsonSchema, field = ''): SchemaChange[] {
  if (typeof before === 'boolean' || typeof after === 'boolean')
    return before === after ? [] : [{ field, change: `was ${text(before)}, and is ${text(after)}` }]
  if (!isDeepStrictEqual(before.type, after.type))
    return [{ field, change: `was of type ${typeOf(before)}, and is of type ${typeOf(after)}` }]
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return [
    ...propertyChanges(before, after, field),
    ...valueChanges(before, after, field),
    ...keywords.flatMap((keyword) => keywordChanges(keyword, before[keyword], after[keyword], field)),
  ]
}

function propertyChanges(before: Keywords, after: Keywords, of: string): SchemaChange[] {
  const [old, now] = [before, after].map(({ properties }) => named(properties)) as [Named, Named]
  const [wasRequired, isRequired] = [before, after].map(({ required }) => new Set(list(required)))
  const isClosed = before.additionalProperties !== undefined && before.additionalProperties !== true
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    const field = of === '' ? name : `${of}.${name}`
    const [was, is] = [old[name], now[name]]
    if (is === undefined) return [{ field, change: 'was removed' }]
    const required = isRequired?.has(name)
    if (was === undefined && required) return [{ field, change: 'was added as a required field' }]
    if (was === undefined)
      return isClosed ? [{ field, change: 'was added, where other fields are restricted' }] : []
    const obligation = required ? 'was optional, and is required' : 'was required, and is optional'
    return [
      ...(wasRequired?.has(name) === required ? [] : [{ field, change: obligation }]),
      ...schemaChanges(was, is, field),
    ]
  })
}

/** Of `enum` and `const`, which is an enum of one. */
function valueChanges(before: Keywords, after: Keywords, field: string): SchemaChange[] {
  const [old, now] = [valuesOf(before), valuesOf(after)]
  if (!old || !now) {
    const change = now ? `has become one of ${now.map(text).join(', ')}` : 'no longer has fixed values'
    return old || now ? [{ field, change }] : []
  }
  const missing = (from: unknown[], of: unknown[]) =>
    of.filter((value) => !from.some((other) => isDeepStrictEqual(other, value))).map(text)
  const [removed, added] = [missing(now, old), missing(old, now)]
  return [
    ...(removed.length > 0 ? [{ field, change: `can no longer be ${removed.join(', ')}` }] : []),
    ...(added.length > 0 ? [{ field, change: `can also be ${added.join(', ')}` }] : []),
  ]
}

function keywordChanges(keyword: string, was: unknown, is: unknown, field: string): SchemaChange[] {
  if (annotations.has(keyword) || compared.has(keyword) || isDeepStrictEqual(was, is)) return []
  const other = [{ field, change: `had ${keyword} ${text(was)}, and has ${text(is)}` }]
  if (ofParts.has(keyword)) return partChanges(keyword, was, is, field) ?? other
  if (!ofNamed.has(keyword)) return other
  const [old, now] = [named(was), named(is)]
  return Object.entries(old).flatMap(([name, schema]) => schemaChanges(schema, now[name] ?? false, name))
}

/** @returns nothing if the two are no schemas, and no lists of them */
function partChanges(keyword: string, was: unknown, is: unknown, field: string): SchemaChange[] | undefined {
  if (Array.isArray(was) && Array.isArray(is))
    return was.length === is.length
      ? was.flatMap((schema, i) => schemaChanges(schema, is[i], placeOf(keyword, field, i)))
      : [{ field, change: `had ${was.length} schemas in ${keyword}, and has ${is.length}` }]
  return isSchema(was) && isSchema(is) ? schemaChanges(was, is, placeOf(keyword, field)) : undefined
}

function placeOf(keyword: string, field: string, index?: number): string {
  if (keyword === 'allOf') return field
  if (keyword === 'anyOf' || keyword === 'oneOf') return `${field}|${Number(index) + 1}`
  return `${field}[${index ?? ''}]`
}

type Named = Readonly<Record<string, JsonSchema>>

const named = (value: unknown): Named => (isSchema(value) ? (value as Named) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const isSchema = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const valuesOf = (schema: Keywords): unknown[] | undefined =>
  'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined

const typeOf = ({ type }: Keywords): string => (typeof type === 'string' ? type : text(type))

/** As JSON, short enough for a line. */
function text(value: unknown): string {
  const json = value === undefined ? 'none' : JSON.stringify(value)
  return json.length <= 60 ? json : `${json.slice(0, 59)}…`
}
