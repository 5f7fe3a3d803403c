export type Exit = { code: number | null; signal: NodeJS.Signals | null }

/** A server that was started here, or one that was given by its URL and that is not ours to stop. */
export type Server = {
  /** Where to connect; for Postgres with the name and password of its administrator. */
  url: string
  /** Name and version. */
  what: string
  port: number
  /** The file it logs to; undefined when it is not ours. */
  log: string | undefined
  /** Undefined when it does not run, or is not ours. */
  readonly pid: number | undefined
  /** Resolves when the process that runs now is gone, whoever ended it. */
  readonly exited: Promise<Exit>
  /** Asks it to stop, and kills it when it has not within its time. */
  stop(): Promise<void>
  /** SIGKILL, as a crash would be; waits for the process to be gone. */
  kill(): Promise<void>
  /** Starts it again, on the same port and data; stops it before when it still runs. */
  restart(): Promise<void>
}

/** A server that the environment names: stopping it does nothing, and crashing it is refused. */
export function externalServer(url: string, what: string, defaultPort: number): Server {
  const refuse = () => Promise.reject(new Error(`${what} was not started here, so it is not restarted here`))
  const port = /:(\d+)(?=[/?,]|$)/.exec(url.replace(/^.*@/, ''))?.[1]
  return {
    url,
    what,
    port: port ? Number(port) : defaultPort,
    log: undefined,
    pid: undefined,
    exited: new Promise(() => {}),
    stop: () => Promise.resolve(),
    kill: refuse,
    restart: refuse,
  }
}
