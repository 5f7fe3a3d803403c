import type { ObjectShape, Shape } from './arbitrary-contracts.ts'

/** A change at one place of a schema. */
export interface SchemaEdit {
  readonly what: string
  /** As the report names it. */
  readonly field: string
  readonly to: ObjectShape
}

/** Every way to add an optional field to an object, at any depth. */
export const additionsTo = (shape: ObjectShape): SchemaEdit[] =>
  editsOf(shape, ({ fields }, field) => [
    {
      what: 'an optional field is added',
      field: `${field}added`,
      to: { kind: 'object', fields: { ...fields, added: { shape: { kind: 'flag' }, isOptional: true } } },
    },
  ])

/** Every way to break a schema by a single change. */
export const breakingEditsOf = (shape: ObjectShape): SchemaEdit[] => editsOf(shape, breaksOfObject)

function breaksOfObject({ fields }: ObjectShape, before: string): SchemaEdit[] {
  const required = { shape: { kind: 'flag' }, isOptional: false } as const
  return [
    {
      what: 'a required field is added',
      field: `${before}added`,
      to: { kind: 'object', fields: { ...fields, added: required } },
    },
    ...Object.entries(fields).flatMap(([name, { shape, isOptional }]): SchemaEdit[] => {
      const { [name]: _, ...others } = fields
      const withField = (what: string, changed: Partial<(typeof fields)[string]>, part = ''): SchemaEdit => ({
        what,
        field: `${before}${name}${part}`,
        to: { kind: 'object', fields: { ...fields, [name]: { shape, isOptional, ...changed } } },
      })
      return [
        { what: 'a field is removed', field: `${before}${name}`, to: { kind: 'object', fields: others } },
        withField(isOptional ? 'a field is made required' : 'a field is made optional', {
          isOptional: !isOptional,
        }),
        ...breaksOfShape(shape).map(([what, changed, part]) => withField(what, { shape: changed }, part)),
      ]
    }),
  ]
}

/** Each with the part of the field where it is, such as `[]`. */
function breaksOfShape(shape: Shape): [what: string, changed: Shape, part: string][] {
  switch (shape.kind) {
    case 'number':
      return [
        ['a type is changed', { kind: 'text', max: shape.max }, ''],
        ['a limit is lowered', { ...shape, max: shape.max - 1 }, ''],
        ['a limit is raised', { ...shape, max: shape.max + 1 }, ''],
      ]
    case 'text':
      return [['a type is changed', { kind: 'flag' }, '']]
    case 'flag':
      return [['a type is changed', { kind: 'list', of: shape }, '']]
    case 'choice':
      return [
        ['an enum is narrowed', { ...shape, of: shape.of.slice(1) }, ''],
        ['an enum is widened', { ...shape, of: [...shape.of, 'another'] }, ''],
      ]
    case 'list':
      return breaksOfShape(shape.of).map(([what, of, part]) => [what, { ...shape, of }, `[]${part}`])
    case 'object':
      return [['a type is changed', { kind: 'flag' }, '']]
  }
}

/** The edits of an object and of all objects in it. */
function editsOf(
  object: ObjectShape,
  edit: (object: ObjectShape, before: string) => SchemaEdit[],
): SchemaEdit[] {
  const within = (shape: Shape, field: string): { field: string; what: string; to: Shape }[] => {
    if (shape.kind === 'list')
      return within(shape.of, `${field}[]`).map((inner) => ({ ...inner, to: { ...shape, of: inner.to } }))
    return shape.kind === 'object' ? visit(shape, `${field}.`) : []
  }
  const visit = (of: ObjectShape, before: string): SchemaEdit[] => [
    ...edit(of, before),
    ...Object.entries(of.fields).flatMap(([name, field]) =>
      within(field.shape, `${before}${name}`).map(({ what, field: at, to }) => ({
        what,
        field: at,
        to: { ...of, fields: { ...of.fields, [name]: { ...field, shape: to } } },
      })),
    ),
  ]
  return visit(object, '')
}
