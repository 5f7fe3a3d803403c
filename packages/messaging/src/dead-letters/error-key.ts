const maxLength = 160

/** Control characters and halves of surrogate pairs, which a database may refuse in a text. */
const unstorable = /[\p{Cc}\p{Cs}]/gu

/** A text of a message that a column of a database can hold. */
export const storable = (text: string, length = 255): string =>
  text
    .replace(unstorable, ' ')
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')

/** What differs from one message to the next, though the cause is the same. */
const variable: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g, '<time>'],
  [/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '<address>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{16,}\b/gi, '<hex>'],
  [/\d+(\.\d+)?/g, '<n>'],
]

/** An error's text without ids, times and numbers: dead letters of one cause have the same. */
export const errorKeyOf = (error: string): string =>
  storable(
    variable.reduce(
      (text, [pattern, word]) => text.replace(pattern, word),
      error.replace(/\s+/g, ' ').trim(),
    ),
    maxLength,
  )
