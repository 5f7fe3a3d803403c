import type { FieldError } from '../api/api.ts'

export const fields = ['branchId', 'sauceId', 'qty', 'price'] as const

export type Field = (typeof fields)[number]

/** The fields as they were typed. */
export type Typed = Readonly<Record<Field, string>>

/**
 * The order as it is sent: bad input too, for whether it is bad the service says. Numbers are numbers where they are
 * some, and an empty field is no field.
 */
export function orderOf(typed: Typed): Record<string, unknown> {
  const { branchId, sauceId } = typed
  const order: Record<string, unknown> = {
    branchId,
    sauceId,
    qty: numberIn(typed.qty),
    price: numberIn(typed.price),
  }
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== ''))
}

function numberIn(text: string): number | string {
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) || !Number.isFinite(number) ? text : number
}

export interface SortedErrors {
  readonly byField: ReadonlyMap<Field, string>
  /** Those that point to no field of the form. */
  readonly others: readonly string[]
}

/** Each error at its field, by its pointer. */
export function sortErrors(errors: readonly FieldError[]): SortedErrors {
  const byField = new Map<Field, string>()
  const others: string[] = []
  for (const { pointer, parameter, header, detail } of errors) {
    const field = fields.find((name) => pointer === `/${name}`)
    const place = pointer ?? parameter ?? header
    if (field) byField.set(field, byField.has(field) ? `${byField.get(field)}; ${detail}` : detail)
    else others.push(place ? `${place} ${detail}` : detail)
  }
  return { byField, others }
}
