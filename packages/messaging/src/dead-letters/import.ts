import type { Broker } from '../nats/connection.ts'
import { deadLettersStream, streamCreatedAt, unlessNotFound } from '../nats/streams.ts'
import type { DeadLetterCatalog, ImportedDeadLetter } from './catalog.ts'
import { type DeadLetter, nextDeadLetter, readWindow } from './reader.ts'
import { recordIdOf } from './record.ts'

/** Sequences that are looked through at once. */
const windowSize = 512

/**
 * Brings into the service's own store what only the stream has: letters that an older release did not store or has
 * pruned, or whose store was lost. Goes on where the last import of any replica ended, so that it costs two requests
 * when there is nothing new.
 * @returns whether the stream is looked through to its end
 */
export async function importDeadLetters(
  broker: Broker,
  catalog: DeadLetterCatalog,
  windows: number,
): Promise<boolean> {
  const info = await unlessNotFound(broker.jsm.streams.info(deadLettersStream.name))
  if (!info) return true
  const streamCreated = streamCreatedAt(info)
  const last = info.state.last_seq
  let done = await catalog.importedTo(streamCreated)
  for (let n = 0; n < windows && done < last; n++) {
    const next = await nextDeadLetter(broker, done + 1)
    const begin = next?.sequence ?? last + 1
    const end = Math.min(begin + windowSize, last + 1)
    const found = next ? await readWindow(broker, begin, end) : []
    await catalog.add(found.map((letter) => ({ ...imported(broker.name, letter), streamCreated })))
    done = end - 1
    await catalog.markImported({ sequence: done, streamCreated })
  }
  return done >= last
}

function imported(service: string, letter: DeadLetter): Omit<ImportedDeadLetter, 'streamCreated'> {
  const { sequence, time, subject, messageId, headers, data } = letter
  // Without its id it is one of an unknown message, known by its place alone.
  const id = recordIdOf(messageId || `DEAD_LETTERS:${sequence}`)
  const record = {
    id,
    subject: `dead-letters.${service}.${subject}`,
    headers: [...headers],
    data: Buffer.from(data).toString('base64'),
  }
  return { record, savedAt: time, sequence }
}
