import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openBalancer } from './balancer.ts'

type Change = 'takeOut' | 'putIn'

const file = fileURLToPath(import.meta.url)

/** As `openBalancer`, in a process of its own: a load test that is busy in this one would slow down what it measures. */
export async function startBalancer(replicas: readonly number[]) {
  const child = fork(file, replicas.map(String), { execArgv: ['--import', 'tsx'] })
  const [port] = (await once(child, 'message')) as [number]
  const send = async (change: Change, replica: number) => {
    child.send([change, replica])
    await once(child, 'message')
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    takeOut: (replica: number) => send('takeOut', replica),
    putIn: (replica: number) => send('putIn', replica),
    close: (): void => child.disconnect(),
  }
}

if (process.argv[1] === file) {
  const balancer = await openBalancer(process.argv.slice(2).map(Number))
  process.on('message', ([change, replica]: [Change, number]) => {
    balancer[change](replica)
    process.send?.('done')
  })
  // Whoever started it is gone, or needs it no longer.
  process.on('disconnect', () => process.exit())
  process.send?.(balancer.port)
}
