import type { ServerResponse } from 'node:http'

export interface EventStreams {
  add(outgoing: ServerResponse): void
  /** Ends those that are open and those to come: a stop would wait for ever, and their readers reconnect. */
  end(): void
}

/** The answers that end only when someone ends them. */
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
