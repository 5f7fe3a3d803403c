import { setTimeout as sleep } from 'node:timers/promises'
import { poll, waitFor } from '@saucery/bench/load/poll'
import { publishers } from '@saucery/contracts/choreography'
import type { Experiment } from '../cluster/fresh.ts'
import { kubectl } from '../cluster/kubectl.ts'
import { isReady, podsOf, restartsOf } from '../cluster/pods.ts'
import { redeliveries } from '../load/consumers.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { promised, reported, secondsSince } from '../report/finding.ts'

const { NATS_IMAGE } = process.env
const set = '/spec/template/spec'
const patch = JSON.stringify([
  { op: 'remove', path: '/spec/volumeClaimTemplates' },
  // Small, and as a disk it is still there after a restart of the container.
  {
    op: 'add',
    path: `${set}/volumes/-`,
    value: { name: 'data', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
  },
  ...(NATS_IMAGE ? [{ op: 'replace', path: `${set}/containers/0/image`, value: NATS_IMAGE }] : []),
])

export const natsDiskFull: Experiment = {
  summary: "NATS' disk is full while orders arrive, and has space again: the probes see it and mend it",
  patches: [{ target: { kind: 'StatefulSet', name: 'nats' }, patch }],
  async run() {
    const traffic = await startTraffic('disk-full', { orders: 240, perSecond: 4, patienceS: 900 })
    await sleep(8000)
    const fullAt = Date.now()
    // Ends with an error, when the disk is full.
    await inNats('dd if=/dev/zero of=/data/fill bs=4096').catch(() => '')
    const seen = (check: () => Promise<boolean>) =>
      poll(async () => (await check()) && `after ${secondsSince(fullAt)}`, { withinMs: 90_000 })
    const [unready, stalled] = await Promise.all([
      seen(async () => !(await nats()).ready),
      seen(async () => (await outboxes()).includes('stalled')),
    ])
    const health = await inNats('wget -qO- http://127.0.0.1:8222/healthz 2>&1 || true')
    const ready = (await Promise.all(publishers.map((it) => podsOf(it)))).flat()
    const restarts = (await nats()).restarts
    await inNats('rm -f /data/fill')
    const freedAt = Date.now()
    await waitFor('NATS', async () => (await nats()).ready, { withinMs: 600_000 })
    const mendedAfter = secondsSince(freedAt)
    const restarted = (await nats()).restarts - restarts
    return [
      // NATS 2.12 recovers by itself; 2.15 stays so until its probes restart it.
      reported('NATS is not ready', unready ?? 'never'),
      reported('what /healthz answers', health.trim().slice(0, 120)),
      promised('a service shows its outbox as stalled', stalled ?? 'never', stalled !== undefined),
      promised(
        'services stay ready',
        `${ready.filter(isReady).length} of ${ready.length}`,
        ready.every(isReady),
      ),
      reported('NATS is ready again, after there was space', `${mendedAfter}, with ${restarted} restarts`),
      ...nothingLost(await traffic()),
      ...(await redeliveries('reported')),
      reported('all orders had ended, after there was space', secondsSince(freedAt)),
    ]
  },
}

const inNats = (script: string) => kubectl(['exec', 'nats-0', '--', 'sh', '-c', script])

async function nats() {
  const [pod] = await podsOf('nats')
  return { ready: pod !== undefined && isReady(pod), restarts: pod ? restartsOf(pod) : 0 }
}

/** What the readiness of each publishing service says about its outbox. */
const outboxes = () => Promise.all(publishers.map(outboxOf))

async function outboxOf(service: string): Promise<unknown> {
  const script = "process.stdout.write(await (await fetch('http://localhost:8081/readyz')).text())"
  const node = ['node', '--input-type=module', '--eval', script]
  return JSON.parse(await kubectl(['exec', `deployment/${service}`, '--', ...node])).details.outbox
}
