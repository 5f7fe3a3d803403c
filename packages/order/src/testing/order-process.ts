import { spawn } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { testKey } from '@saucery/messaging/testing/keys'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const publicPem = String(createPublicKey(testKey).export({ type: 'spki', format: 'pem' }))

/** The order service as a process of its own, which a test can kill. */
export function startOrder({ postgresUrl, nats }: { postgresUrl: string; nats: { url: string } }) {
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0',
      MANAGEMENT_PORT: '0',
      AUTH: 'off',
      LOG_LEVEL: 'warn',
      POSTGRES_URL: postgresUrl,
      NATS_URL: nats.url,
      EVENT_SIGNING_KEY: String(testKey.export({ type: 'pkcs8', format: 'pem' })),
      EVENT_PUBLIC_KEYS: JSON.stringify({ payment: publicPem, delivery: publicPem }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  return { kill, [Symbol.asyncDispose]: kill }
}
