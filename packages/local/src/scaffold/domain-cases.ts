import { closingOf, endOf, PlaceNotFound } from './source-text.ts'

/**
 * A service's domain with the event: the state stays as it is, and a consumed event makes it publish nothing. A function
 * that treats all events alike, and has no cases, needs none.
 * @param isConsumed or else the service's own, to which it does not react
 */
export function addEventCase(text: string, event: string, isConsumed: boolean): string {
  const evolving = addCase(text, 'evolve', event, stateOf(text))
  return isConsumed ? addCase(evolving, 'react', event, '[]') : evolving
}

/** The name of the state that `evolve` gets first. */
function stateOf(text: string): string {
  const state = /export function evolve\(\s*(\w+)/.exec(text)?.[1]
  if (!state) throw new PlaceNotFound('export function evolve(')
  return state
}

function addCase(text: string, of: 'evolve' | 'react', event: string, result: string): string {
  const begin = text.search(new RegExp(`export (function|const) ${of}\\b`))
  if (begin < 0) throw new PlaceNotFound(`export function ${of}(`)
  const next = text.indexOf('\nexport ', begin)
  const body = text.slice(begin, next < 0 ? undefined : next)
  if (!body.includes('switch (event.name) {')) return text
  const close = closingOf(text, endOf(text, 'switch (event.name) {', begin))
  const before = text.slice(0, close).trimEnd()
  const same = `\n      return ${result}`
  const cases = before.endsWith(same) ? before.slice(0, -same.length) : before
  return `${cases}\n    case '${event}':${same}\n  ${text.slice(close)}`
}
