import type { ServerResponse } from 'node:http'

/** The open answers that have no end of their own. */
export function openEventStreams() {
  const open = new Set<ServerResponse>()
  let hasEnded = false
  return {
    add(outgoing: ServerResponse): void {
      open.add(outgoing)
      outgoing.once('close', () => open.delete(outgoing))
      if (hasEnded) setImmediate(() => outgoing.end())
    },
    /** Ends all open event streams and all later ones: a stop would wait for them for ever. Their clients reconnect. */
    end(): void {
      hasEnded = true
      for (const outgoing of open) outgoing.end()
    },
  }
}

export type EventStreams = ReturnType<typeof openEventStreams>
