import type { ServerResponse } from 'node:http'

export interface EventStreams {
  add(outgoing: ServerResponse): void
  /** Ends all open event streams and all later ones: a stop would wait for them for ever. Their clients reconnect. */
  end(): void
}

/** The open answers that have no end of their own. */
export function openEventStreams(): EventStreams {
  const open = new Set<ServerResponse>()
  let hasEnded = false
  return {
    add(outgoing) {
      open.add(outgoing)
      outgoing.once('close', () => open.delete(outgoing))
      if (hasEnded) setImmediate(() => outgoing.end())
    },
    end() {
      hasEnded = true
      for (const outgoing of open) outgoing.end()
    },
  }
}
