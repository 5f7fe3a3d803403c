import type { Print } from '@saucery/servers/install/found'
import type { Server } from '@saucery/servers/process/server'
import { type Delays, type Supervised, supervise } from './supervise.ts'

/** A store or the broker. When it is not ours, `kill` is refused, and `stop` and `start` do nothing. */
export type SupervisedServer = Supervised & Pick<Server, 'what' | 'url' | 'port'>

/** Starts a server again when it dies, on its port and data. One that is not ours is left alone. */
export function superviseServer(
  server: Server,
  options: { print: Print; delays?: Delays },
): SupervisedServer {
  const { what, url, port } = server
  if (server.log === undefined) return { what, url, port, ...notOurs(server) }
  let runs = 0
  const begin = async () => {
    if (runs++ > 0) await server.restart()
    return { pid: server.pid, exited: server.exited, stop: server.stop, kill: server.kill }
  }
  // Not spread: that would read `pid` and the like once and for all.
  return Object.assign(supervise(what, begin, options), { what, url, port })
}

function notOurs({ exited, kill, stop }: Server): Supervised {
  return { pid: undefined, exited, restarts: 0, kill, stop, start: () => {} }
}
