import { secretFields } from '@saucery/contracts/choreography'
import { letterOf } from '@saucery/messaging/dead-letters/catalog'
import type { DeadLetterRecord } from '@saucery/messaging/dead-letters/record'

/** Longer bodies are shown in part. */
const shownBytes = 64 * 1024

const hidden = '(hidden)'

/** A message as an operator may see it. */
export interface LetterContent {
  readonly headers: { readonly name: string; readonly values: string[] }[]
  readonly body: {
    readonly bytes: number
    /** Where it is UTF-8. */
    readonly text?: string
    readonly base64?: string
    /** Only a part of it is shown. */
    readonly isCut: boolean
    /** Fields that the contract marks as secret were hidden. */
    readonly hasHidden: boolean
  }
}

/**
 * The headers and the body of a dead letter, without what the contract marks as secret. A body in which secret fields
 * cannot be told from others, because it is not JSON, is not shown while any event has some.
 */
export function contentOf(
  service: string,
  record: DeadLetterRecord,
  secrets: ReadonlySet<string> = secretFields,
): LetterContent {
  const letter = letterOf(service, record)
  const names = new Set([...secrets].map((name) => name.toLowerCase()))
  const isSecret = (name: string) => names.has(name.toLowerCase())
  return {
    headers: [...(letter?.headers ?? [])].map(([name, values]) => ({
      name,
      values: isSecret(name) ? [hidden] : values,
    })),
    body: bodyOf(letter?.data ?? new Uint8Array(), isSecret, secrets.size > 0),
  }
}

function bodyOf(data: Uint8Array, isSecret: (name: string) => boolean, hasSecrets: boolean) {
  const bytes = data.length
  const isCut = bytes > shownBytes
  const shown = { bytes, isCut, hasHidden: false }
  const text = decode(data)
  if (!hasSecrets)
    return text === undefined
      ? { ...shown, base64: Buffer.from(data.subarray(0, shownBytes)).toString('base64') }
      : { ...shown, text: text.slice(0, shownBytes) }
  try {
    let hasHidden = false
    const open = JSON.parse(text ?? '', (name, value) => {
      if (!isSecret(name)) return value
      hasHidden = true
      return hidden
    })
    return { ...shown, text: JSON.stringify(open).slice(0, shownBytes), hasHidden }
  } catch {
    return { ...shown, hasHidden: true }
  }
}

function decode(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    return undefined
  }
}
