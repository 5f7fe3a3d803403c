import { Socket } from 'node:net'

/** A statement with the values of its parameters, as it was sent. */
export interface SentStatement {
  readonly text: string
  readonly values: readonly (string | null)[]
}

interface Write {
  readonly statements: readonly SentStatement[]
  readonly bytes: number
  readonly beginsRoundTrip: boolean
}

/** What the pools of this process send to a Postgres server, counted where they write to their sockets. */
export function watchTraffic(url: string) {
  const port = Number(new URL(url).port)
  /** The texts of each connection's statements, by name. The name of one that is planned anew is empty. */
  const textsOf = new WeakMap<Socket, Map<string, string>>()
  /** How many answers each socket waits for, and the beginning of an answer that is not here yet. */
  const waiting = new WeakMap<Socket, number>()
  const cut = new WeakMap<Socket, Buffer>()
  let sent: Write[] = []

  // What leaves in one write: `Socket.write` may still hold it back.
  const streams = Socket.prototype as unknown as Record<'_write' | '_writev', (...args: never[]) => unknown>
  const { _write, _writev } = streams
  streams._write = function (this: Socket, data: Buffer, ...rest: never[]) {
    noteIfTold(this, data)
    return _write.call(this, ...([data, ...rest] as never[]))
  }
  streams._writev = function (this: Socket, chunks: { chunk: Buffer }[], ...rest: never[]) {
    noteIfTold(this, Buffer.concat(chunks.map(({ chunk }) => chunk)))
    return _writev.call(this, ...([chunks, ...rest] as never[]))
  }

  function noteIfTold(socket: Socket, data: Buffer): void {
    if (socket.remotePort === port && Buffer.isBuffer(data)) note(socket, data)
  }

  function note(socket: Socket, data: Buffer): void {
    if (!waiting.has(socket)) socket.on('data', (answer) => answered(socket, answer))
    const beginsRoundTrip = (waiting.get(socket) ?? 0) === 0
    const statements: SentStatement[] = []
    const prepared = textsOf.get(socket) ?? new Map<string, string>()
    textsOf.set(socket, prepared)
    for (const [type, body] of messagesIn(data)) {
      const [name = '', text = ''] = body.toString('latin1').split('\0')
      if (type === 'P')
        prepared.set(
          name,
          body
            .subarray(name.length + 1)
            .toString()
            .split('\0')[0] ?? text,
        )
      if (type === 'Q') statements.push({ text: name, values: [] })
      if (type === 'B')
        statements.push({ text: prepared.get(text) ?? '', values: valuesOf(body, name, text) })
      if (type === 'Q' || type === 'S' || type === 'D') waiting.set(socket, (waiting.get(socket) ?? 0) + 1)
    }
    sent.push({ statements, bytes: data.length, beginsRoundTrip })
  }

  function answered(socket: Socket, data: Buffer): void {
    const answer = Buffer.concat([cut.get(socket) ?? Buffer.alloc(0), data])
    let read = 0
    for (const [type, body] of messagesIn(answer)) {
      read += 5 + body.length
      // Ready for a query, also after the login, or the description of a statement.
      if (type === 'Z' || type === 't') waiting.set(socket, Math.max(0, (waiting.get(socket) ?? 0) - 1))
    }
    cut.set(socket, answer.subarray(read))
  }

  return {
    /** What was sent since it was asked for last; `leftOut` are writes of nothing but such statements. */
    take(leftOut: (statement: SentStatement) => boolean = () => false) {
      const isCounted = ({ statements }: Write) => statements.length === 0 || !statements.every(leftOut)
      const counted = sent.filter(isCounted)
      sent = []
      return {
        writes: counted.map(({ statements }) => statements),
        statements: counted.flatMap(({ statements }) => statements),
        bytes: counted.reduce((sum, { bytes }) => sum + bytes, 0),
        roundTrips: counted.filter(({ beginsRoundTrip }) => beginsRoundTrip).length,
      }
    },
    [Symbol.dispose]() {
      Object.assign(streams, { _write, _writev })
    },
  }
}

/** Type and body of each whole message. */
function* messagesIn(data: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; at + 5 <= data.length; ) {
    const end = at + 1 + data.readInt32BE(at + 1)
    if (end > data.length) return
    yield [String.fromCharCode(data[at] ?? 0), data.subarray(at + 5, end)]
    at = end
  }
}

function valuesOf(body: Buffer, portal: string, statement: string): (string | null)[] {
  let at = portal.length + statement.length + 2
  // All values are texts: what says so is skipped.
  at += 2 + 2 * body.readInt16BE(at)
  const values: (string | null)[] = []
  for (let left = body.readInt16BE(at), from = at + 2; left > 0; left--) {
    const length = body.readInt32BE(from)
    values.push(length < 0 ? null : body.subarray(from + 4, from + 4 + length).toString())
    from += 4 + Math.max(0, length)
  }
  return values
}
