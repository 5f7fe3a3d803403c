import type { Server } from './server.ts'
import { type Supervised, type SuperviseOptions, supervise } from './supervise.ts'

/** A store or the broker. `kill` rejects for a server that was not started here; its `stop` and `start` do nothing. */
export type SupervisedServer = Supervised & Pick<Server, 'what' | 'url' | 'port'>

/** Starts a server again when it dies, on its port and data. A server that was not started here is left alone. */
export function superviseServer(server: Server, options: SuperviseOptions): SupervisedServer {
  const { what, url, port, kill, stop } = server
  if (!server.isOurs) return { what, url, port, pid: undefined, restarts: 0, kill, stop, start: () => {} }
  let starts = 0
  const start = async () => {
    if (starts++ > 0) await server.restart()
    return server
  }
  // Not spread: that would read `pid` and `restarts` only once.
  return Object.assign(supervise(what, start, options), { what, url, port })
}
