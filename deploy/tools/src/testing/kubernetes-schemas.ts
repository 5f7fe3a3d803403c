import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { goModule } from './go-tool.ts'

interface Type {
  readonly namedType?: string
  readonly scalar?: 'string' | 'numeric' | 'boolean' | 'untyped'
  readonly list?: { readonly elementType: Type }
  readonly map?: { readonly fields?: readonly Field[]; readonly elementType?: Type }
}

interface Field {
  readonly name: string
  readonly type: Type
}

export type Schemas = ReadonlyMap<string, Type>

/** Every field of Kubernetes' own types, as its Go client has them for merging. */
export async function kubernetesSchemas(): Promise<Schemas> {
  const folder = await goModule('k8s.io/client-go', 'v0.34.4')
  const source = readFileSync(join(folder, 'applyconfigurations/internal/internal.go'), 'utf8')
  const text = source.slice(source.indexOf('typed.YAMLObject(`') + 18, source.lastIndexOf('`'))
  const { types } = parse(text) as { types: ({ name: string } & Type)[] }
  return new Map(types.map((type) => [type.name, type]))
}

/** Unknown kinds, unknown fields and values of the wrong type. Missing fields are not checked. */
export function misfits(schemas: Schemas, object: { apiVersion: string; kind: string }): string[] {
  const [group = '', version] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['core', object.apiVersion]
  const name = `io.k8s.api.${group.split('.')[0]}.${version}.${object.kind}`
  return schemas.has(name)
    ? check(schemas, { namedType: name }, object, object.kind)
    : [`no such kind: ${name}`]
}

function check(schemas: Schemas, type: Type, value: unknown, path: string): string[] {
  if (value === null || value === undefined) return []
  if (type.namedType !== undefined) {
    const named = schemas.get(type.namedType)
    // IntOrString, Quantity, Time: scalars with their own form.
    return named ? check(schemas, named, value, path) : []
  }
  const { scalar, list, map } = type
  if (scalar !== undefined)
    return fits(scalar, value) ? [] : [`${path}: ${JSON.stringify(value)} is no ${scalar}`]
  if (list)
    return Array.isArray(value)
      ? value.flatMap((item, i) => check(schemas, list.elementType, item, `${path}[${i}]`))
      : [`${path} is no list`]
  if (typeof value !== 'object' || Array.isArray(value)) return [`${path} is no object`]
  return Object.entries(value).flatMap(([key, item]) => {
    const known = map?.fields?.find(({ name }) => name === key)?.type ?? map?.elementType
    return known ? check(schemas, known, item, `${path}.${key}`) : [`${path} has no field ${key}`]
  })
}

const fits = (scalar: NonNullable<Type['scalar']>, value: unknown): boolean =>
  scalar === 'untyped'
    ? typeof value !== 'object'
    : typeof value === (scalar === 'numeric' ? 'number' : scalar)
