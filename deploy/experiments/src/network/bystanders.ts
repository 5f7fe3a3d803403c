import { waitFor } from '@saucery/bench/load/poll'
import {
  applyObject,
  createNamespace,
  databases,
  findObject,
  imageOf,
  namespace,
} from '../cluster/kubectl.ts'
import { restrictedPod } from '../load/load-pod.ts'
import { applicationsIn, targetsAmong } from './ends.ts'

/** Another namespace, in which there is no policy. */
export const elsewhere = databases

/** Starts pods that listen, and that no policy has in view: one without labels, and one in another namespace. */
export async function startBystanders(): Promise<void> {
  if (!(await findObject(`namespace/${elsewhere}`))) await createNamespace(elsewhere)
  await listen('no-labels', namespace)
  await listen('elsewhere', elsewhere)
}

async function listen(name: string, where: string): Promise<void> {
  const script = "require('node:net').createServer((socket) => socket.end()).listen(8080)"
  const { containers, ...spec } = restrictedPod({
    image: await imageOf('gateway'),
    command: ['node', '--eval', script],
    env: {},
    volume: { emptyDir: {} },
    mountPath: '/files',
  })
  const ports = [{ name: 'http', containerPort: 8080 }]
  const listening = { ...spec, containers: containers.map((it) => ({ ...it, ports })) }
  await applyObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: listening }, where)
  const runs = async () => targetsAmong(await applicationsIn(where)).some((it) => it.name === name)
  await waitFor(`the start of ${name}`, runs)
}
