import type { FieldError } from '@saucery/client/schemas'
import { t } from '../texts/texts.ts'
import { count } from '../ui/format.ts'

export const orderFieldNames = ['branchId', 'sauceId', 'qty', 'price'] as const

export type OrderField = (typeof orderFieldNames)[number]

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

/**
 * Sorts a problem's errors by the fields that their pointers name; `others` belong to no field of the form.
 * @param code of the problem
 * @param sent what the service found not valid
 */
export function sortErrors(errors: readonly FieldError[], code: string, sent: Typed) {
  const byField = new Map<OrderField, string>()
  const others: string[] = []
  for (const { pointer, parameter, header, detail } of errors) {
    const field = orderFieldNames.find((name) => pointer === `/${name}`)
    const place = pointer ?? parameter ?? header
    if (field) byField.set(field, wordsFor(field, code, sent) ?? detail)
    else others.push(place ? `${place} ${detail}` : detail)
  }
  return { byField, others }
}

/** What the service accepts. (place.test: "has the limits of the contract") */
export const limits = { qty: [1, 1_000_000], price: [0, Number.MAX_SAFE_INTEGER] } as const

/** Why the service refused a field, in the page's language; undefined where only the service can tell. */
function wordsFor(field: OrderField, code: string, sent: Typed): string | undefined {
  const text = sent[field].trim()
  if (code === 'not-permitted' && field === 'branchId') return t.place.ownBranch
  if (code !== 'invalid-input') return undefined
  if (text === '') return t.place.required
  if (field === 'branchId' || field === 'sauceId')
    return /^[^\p{C}\p{Z}]{1,64}$/u.test(sent[field]) ? undefined : t.place.characters
  const [least, most] = limits[field]
  const number = Number(text)
  if (!Number.isInteger(number)) return t.place.whole
  if (number < least) return t.place.atLeast(count(least))
  if (number > most) return t.place.atMost(count(most))
  return field === 'price' && Number(sent.qty) * number > most ? t.place.totalTooLarge : undefined
}
