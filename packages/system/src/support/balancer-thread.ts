import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { openBalancer } from './balancer.ts'

type Change = 'takeOut' | 'putIn'

/** As `openBalancer`, in a thread of its own: a load test that is busy in this one would slow down what it measures. */
export async function openBalancerThread(replicas: readonly number[]) {
  const worker = new Worker(new URL(import.meta.url), { workerData: replicas })
  const [port] = (await once(worker, 'message')) as [number]
  const send = async (change: Change, replica: number) => {
    worker.postMessage([change, replica])
    await once(worker, 'message')
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    takeOut: (replica: number) => send('takeOut', replica),
    putIn: (replica: number) => send('putIn', replica),
    close: () => worker.terminate(),
  }
}

if (!isMainThread) {
  const balancer = await openBalancer(workerData)
  parentPort?.on('message', ([change, replica]: [Change, number]) => {
    balancer[change](replica)
    parentPort?.postMessage('done')
  })
  parentPort?.postMessage(balancer.port)
}
