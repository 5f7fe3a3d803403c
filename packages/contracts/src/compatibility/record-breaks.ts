import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ContractBreak } from './contract-breaks.ts'

/** A stored sample or history whose text has changed. */
export interface ChangedRecord {
  /** Relative to the workspace. */
  readonly file: string
  readonly before: string
  /** Absent when the file was removed. */
  readonly after: string | undefined
}

/**
 * Samples and histories stand for messages that were published, so they stay as they are. What the services make of a
 * history may change: then its `result` does.
 */
export const recordBreaks = (changed: readonly ChangedRecord[]): ContractBreak[] =>
  changed.flatMap(({ file, before, after }) => {
    if (after !== undefined && isDeepStrictEqual(messagesOf(before), messagesOf(after))) return []
    return {
      event: basename(file, '.json'),
      field: file,
      change: after === undefined ? 'was removed' : 'has other messages',
      remedy:
        'Restore it: it stands for messages on the streams. Add a file for what is published from now on.',
    }
  })

/** @returns undefined for what is no JSON */
function messagesOf(text: string): unknown {
  try {
    const { result: _, ...messages } = JSON.parse(text)
    return messages
  } catch {
    return undefined
  }
}
