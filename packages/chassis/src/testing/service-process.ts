import { spawn } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { publishers } from '@saucery/contracts/choreography'
import { testKey } from '@saucery/messaging/testing/keys'

const publicPem = String(createPublicKey(testKey).export({ type: 'spki', format: 'pem' }))

interface Servers {
  readonly postgresUrl: string
  readonly nats: { readonly url: string }
}

/**
 * A service as a process of its own, which a test can kill.
 * @param main its `main.ts`
 * @param env further settings
 */
export function startServiceProcess(main: URL, { postgresUrl, nats }: Servers, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(main)], {
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
      EVENT_PUBLIC_KEYS: JSON.stringify(Object.fromEntries(publishers.map((name) => [name, publicPem]))),
      ...env,
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
