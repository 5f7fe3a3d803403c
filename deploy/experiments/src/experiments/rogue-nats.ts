import { waitFor } from '@saucery/bench/load/poll'
import type { Experiment } from '../cluster/fresh.ts'
import { applyObject, getObject, imageOf, kubectl } from '../cluster/kubectl.ts'
import type { Pod } from '../cluster/pods.ts'
import { bundleScript } from '../load/bundle.ts'
import { redeliveries } from '../load/consumers.ts'
import { nothingLost, startTraffic } from '../load/traffic.ts'
import { type Finding, promised, reported } from '../report/finding.ts'

const seconds = 25

export const rogueNats: Experiment = {
  summary:
    "a NATS server with the name of production's cluster tries to join it, in a pod that the network admits",
  overlay: 'production',
  async run() {
    const traffic = await startTraffic('beside-a-rogue', { orders: 360, perSecond: 3 })
    const findings = [
      ...(await tryToJoin('without-password', '')),
      ...(await tryToJoin('with-another', 'route:guess@')),
    ]
    const outcome = await traffic()
    const counts = await redeliveries('reported')
    const secret = await getObject<{ data: Record<string, string> }>('secret/nats-secrets')
    const password = Buffer.from(String(secret.data.NATS_ROUTE_PASSWORD), 'base64').toString()
    const control = startTraffic('beside-a-member', { orders: 60, perSecond: 3 })
    const [heard] = await tryToJoin('with-the-password', `route:${password}@`)
    await (await control)()
    return [
      ...findings,
      ...nothingLost(outcome),
      ...counts,
      // Shows that the rogue would hear, and that no policy keeps it away here.
      reported('to compare: with the password it heard', heard?.figure ?? ''),
    ]
  },
}

/** Starts the server, and a client of it that subscribes to everything and forges payments. */
async function tryToJoin(name: string, login: string): Promise<Finding[]> {
  const pod = `rogue-${name}`
  const routes = [0, 1, 2].map((i) => `"nats://${login}nats-${i}.nats-headless:6222"`)
  const conf = `server_name: ${pod}\nlisten: "127.0.0.1:4222"\nhttp: "127.0.0.1:8222"
cluster {\n  name: "saucery"\n  listen: "0.0.0.0:6222"\n  routes: [${routes.join(', ')}]\n}\n`
  const data = { 'nats.conf': conf, 'spy.mjs': await bundleScript('spy.ts') }
  await applyObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: pod }, data })
  // With this label the NetworkPolicies let it reach the servers' cluster port.
  const metadata = { name: pod, labels: { 'app.kubernetes.io/name': 'nats' } }
  await applyObject({ apiVersion: 'v1', kind: 'Pod', metadata, spec: await specOf(pod) })
  const ended = async () => {
    const { status } = await getObject<Pod>(`pod/${pod}`)
    return status.containerStatuses?.some(({ state }) => 'terminated' in state)
  }
  await waitFor(`the end of ${pod}`, ended)
  const heard: Record<string, number> = JSON.parse(await kubectl(['logs', pod, '--container', 'spy']))
  const { 'payments.approved': forged = 0, ...others } = heard
  const log = await kubectl(['logs', pod, '--container', 'nats'])
  const refusals = log.match(/Authorization Violation/gi)?.length ?? 0
  const routesOf = await kubectl(['exec', 'nats-0', '--container', 'nats', '--', ...readRoutes])
  const isMember = routesOf.includes(`"${pod}"`)
  await kubectl(['delete', `pod/${pod}`, '--grace-period=1'])
  const figure = Object.values(others).reduce((sum, count) => sum + count, forged - seconds)
  return [
    promised(`${name}: messages that it heard, beside its own`, figure, figure === 0),
    promised(`${name}: it is a member of the cluster`, isMember ? 'yes' : 'no', !isMember),
    promised(`${name}: refusals that its log tells of`, refusals, refusals > 0),
  ]
}

const readRoutes = ['wget', '-qO-', 'http://127.0.0.1:8222/routez']

async function specOf(pod: string) {
  const { spec } = await getObject<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
    'statefulset/nats',
  )
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  }
  const container = { securityContext, volumeMounts: [{ name: 'files', mountPath: '/files' }] }
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    volumes: [{ name: 'files', configMap: { name: pod } }],
    containers: [
      {
        ...container,
        name: 'nats',
        image: spec.template.spec.containers[0]?.image,
        args: ['-c', '/files/nats.conf'],
      },
      {
        ...container,
        name: 'spy',
        image: await imageOf('gateway'),
        command: ['node', '/files/spy.mjs'],
        env: [{ name: 'SECONDS', value: `${seconds}` }],
      },
    ],
  }
}
