import type { FieldError } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'

/** The fields of the form, with their labels. */
export const orderFields = t.place.fields

export type OrderField = keyof typeof orderFields
export const orderFieldNames = Object.keys(orderFields) as OrderField[]

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

/** Sorts a problem's errors by the fields that their pointers name; `others` belong to no field of the form. */
export function sortErrors(errors: readonly FieldError[]) {
  const byField = new Map<OrderField, string>()
  const others: string[] = []
  for (const { pointer, parameter, header, detail } of errors) {
    const field = orderFieldNames.find((name) => pointer === `/${name}`)
    const place = pointer ?? parameter ?? header
    if (field) byField.set(field, byField.has(field) ? `${byField.get(field)}; ${detail}` : detail)
    else others.push(place ? `${place} ${detail}` : detail)
  }
  return { byField, others }
}
