import { connect } from 'node:net'

/** The answer to these bytes until the connection closes; `''` when it closes without an answer. */
export async function answerTo(port: number, bytes: string | Buffer): Promise<string> {
  const client = connect(port, '127.0.0.1')
  // A server may close before it has read everything; its answer still counts.
  client.on('error', () => {})
  let answer = ''
  client.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  client.write(bytes)
  await new Promise((resolve) => client.once('close', resolve))
  return answer
}

/** The status, headers and body of a raw answer. */
export function parseAnswer(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [first, ...lines] = head.split('\r\n')
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
  return { status: Number(first?.split(' ')[1]), headers, body }
}
