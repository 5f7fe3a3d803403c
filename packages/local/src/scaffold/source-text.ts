/** A change has its place in the text, and the text has no such place: the file was written in another way since. */
export class PlaceNotFound extends Error {
  override readonly name = 'PlaceNotFound'
}

/** Where `place` ends in the text, from `after` on. */
export function endOf(text: string, place: string | RegExp, after = 0): number {
  const rest = text.slice(after)
  const found = typeof place === 'string' ? rest.indexOf(place) : rest.search(place)
  if (found < 0) throw new PlaceNotFound(String(place))
  const length = typeof place === 'string' ? place.length : (rest.match(place)?.[0].length ?? 0)
  return after + found + length
}

/** What has no brackets of its own: comments and texts. An apostrophe in a comment begins no text. */
const opaque = /\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/y

/** The index of the bracket that closes the one before `from`. */
export function closingOf(text: string, from: number): number {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    opaque.lastIndex = i
    const skipped = opaque.exec(text)?.[0].length
    if (skipped) i += skipped - 1
    else if ('([{'.includes(text[i] as string)) depth++
    else if (')]}'.includes(text[i] as string) && --depth === 0) return i
  }
  throw new PlaceNotFound(`the end of what begins with ${text.slice(Math.max(0, from - 40), from).trim()}`)
}

/** Adds an item, or a property, as the last one between the brackets of which `place` ends with the opening one. */
export function addLast(text: string, place: string | RegExp, item: string, after = 0): string {
  const close = closingOf(text, endOf(text, place, after))
  const before = text.slice(0, close).trimEnd()
  const comma = /[,([{]$/.test(before) ? '' : ','
  return `${before}${comma}\n${item},\n${text.slice(close)}`
}

/** Imports a name from a module that the text imports already. */
export function addImport(text: string, name: string, from: string): string {
  const names = new RegExp(`import \\{([^}]*)\\} from '${from.replaceAll('.', '\\.')}'`)
  const found = names.exec(text)
  if (!found) throw new PlaceNotFound(`import { … } from '${from}'`)
  const known = (found[1] ?? '').split(',').flatMap((one) => one.trim() || [])
  if (known.includes(name)) return text
  return text.replace(names, () => `import { ${[...known, name].join(', ')} } from '${from}'`)
}

/** Replaces the one place, which has to be there. */
export function replaceOnce(text: string, place: RegExp, by: (...found: string[]) => string): string {
  if (!place.test(text)) throw new PlaceNotFound(String(place))
  return text.replace(place, (...found) => by(...found))
}
