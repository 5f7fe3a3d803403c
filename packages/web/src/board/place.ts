import type { FieldError } from '@saucery/client/schemas'

export const orderFields = ['branchId', 'sauceId', 'qty', 'price'] as const

export type OrderField = (typeof orderFields)[number]

/** The text in each field of the form. */
export type Typed = Readonly<Record<OrderField, string>>

/**
 * The order to send. Texts that are numbers are sent as numbers, empty fields are left out, and nothing is checked:
 * the service validates.
 */
export function orderOf({ branchId, sauceId, qty, price }: Typed): Record<string, unknown> {
  const order = { branchId, sauceId, qty: numberIn(qty), price: numberIn(price) }
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== ''))
}

const numberIn = (text: string): number | string =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text

interface SortedErrors {
  readonly byField: ReadonlyMap<OrderField, string>
  /** Errors that belong to no field of the form. */
  readonly others: readonly string[]
}

/** Sorts a problem's errors by the fields that their pointers name. */
export function sortErrors(errors: readonly FieldError[]): SortedErrors {
  const byField = new Map<OrderField, string>()
  const others: string[] = []
  for (const { pointer, parameter, header, detail } of errors) {
    const field = orderFields.find((name) => pointer === `/${name}`)
    const place = pointer ?? parameter ?? header
    if (field) byField.set(field, byField.has(field) ? `${byField.get(field)}; ${detail}` : detail)
    else others.push(place ? `${place} ${detail}` : detail)
  }
  return { byField, others }
}
