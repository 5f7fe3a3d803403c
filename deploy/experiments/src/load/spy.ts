// Runs beside the NATS server of an attacker: publishes payments in the name of payment, and prints what it hears. It speaks
// NATS' protocol itself: with the client the script would be too long for a ConfigMap.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const heard: Record<string, number> = {}
let unread = ''
let socket: Socket | undefined

function dial(): void {
  socket = connect(4222, '127.0.0.1', () => socket?.write('CONNECT {"verbose":false}\r\nSUB > 1\r\n'))
    .setEncoding('utf8')
    .on('data', (text: string) => {
      unread += text
      const lines = unread.split('\r\n')
      unread = lines.pop() ?? ''
      for (const line of lines) read(line)
    })
    // The server may start later than this.
    .on('error', () => void setTimeout(dial, 200))
}

function read(line: string): void {
  if (line === 'PING') socket?.write('PONG\r\n')
  const [, subject] = /^H?MSG (\S+) /.exec(line) ?? []
  if (subject === undefined) return
  const what = subject.split('.').slice(0, 2).join('.')
  heard[what] = (heard[what] ?? 0) + 1
}

dial()
for (let i = 0; i < Number(process.env.SECONDS); i++) {
  await sleep(1000)
  socket?.write(`PUB payments.approved.forged-${i} 2\r\n{}\r\n`)
}
await sleep(1000)
process.stdout.write(`${JSON.stringify(heard)}\n`)
process.exit(0)
