/** From bottom to top. A member imports members of lower layers only, never one of its own layer. */
export type Layers = readonly (readonly string[])[]

/** An import that the layers forbid, between two packages or two rooms (`packages/web/src/ui`), and why it may be. */
export interface Exception {
  readonly from: string
  readonly to: string
  readonly why: string
}

export interface Structure {
  readonly packages: Layers
  /** For each package its rooms: the folders of `src`, and the files in `src` itself. `testing/` needs no layer. */
  readonly rooms: Readonly<Record<string, Layers>>
  readonly exceptions: readonly Exception[]
  /** Starts the stores. In packages below `until` only tests import it: a deployed service is given their URLs. */
  readonly servers: { readonly package: string; readonly until: string }
  /** Packages that hold nothing but tests and their helpers. */
  readonly testPackages: readonly string[]
}

/** They have one shape: who knows one of them knows all three. (sameness.test) */
export const participants = ['packages/order', 'packages/payment', 'packages/delivery']

/** The layers of all three; `provider` and `provider-calls` are payment's alone and `payment-wait` order's. */
const service: Layers = [
  ['schema.ts', 'settings.ts'],
  ['domain.ts', 'routes.ts'],
  ['provider'],
  ['store.ts'],
  ['provider-calls'],
  ['reactions.ts'],
  ['deadlines.ts', 'payment-wait'],
  ['api.ts'],
  ['main.ts'],
]

export const structure: Structure = {
  packages: [
    ['packages/contracts', 'packages/servers'],
    ['packages/messaging'],
    ['packages/chassis'],
    [...participants, 'packages/dashboard', 'packages/provision'],
    ['packages/gateway'],
    ['packages/client'],
    ['packages/web'],
    ['packages/local'],
    ['packages/system'],
    ['bench', 'deploy/tools', 'deploy/experiments'],
    ['packages/ops'],
    ['bench/peers'],
  ],
  rooms: {
    'packages/contracts': [
      ['define.ts', 'fields.ts', 'projection-durables.ts'],
      ['order.ts', 'payment.ts', 'delivery.ts'],
      ['choreography.ts'],
      ['access', 'status.ts'],
      ['statistics.ts', 'order-paths.ts', 'order-plans.ts', 'documents'],
      ['compatibility'],
    ],
    'packages/servers': [['process'], ['install'], ['postgres', 'nats', 'mongodb']],
    'packages/messaging': [
      ['events', 'traces', 'log.ts'],
      ['async', 'tls'],
      ['nats', 'postgres'],
      ['inbox', 'outbox', 'dead-letters', 'idempotency'],
      ['consumer', 'operator'],
      ['commit-apart.ts'],
      ['commit-together.ts'],
      ['unit-of-work.ts'],
      ['participant.ts'],
      ['documents'],
    ],
    'packages/chassis': [
      ['async'],
      ['settings', 'telemetry'],
      ['http'],
      ['auth', 'idempotency'],
      ['openapi'],
      ['operations', 'drills'],
      ['lifecycle'],
    ],
    'packages/order': service,
    'packages/payment': service,
    'packages/delivery': service,
    'packages/dashboard': [
      ['settings.ts', 'view'],
      ['store'],
      ['reactions.ts', 'projection', 'live', 'operations'],
      ['http'],
      ['main.ts'],
    ],
    'packages/provision': [['settings.ts', 'provision.ts'], ['main.ts']],
    'packages/gateway': [
      ['auth'],
      ['settings.ts', 'page-policy.ts'],
      ['edge', 'docs'],
      ['proxy'],
      ['operations'],
      ['load'],
      ['app.ts', 'documents'],
      ['main.ts'],
    ],
    'packages/client': [
      ['calls.ts', 'schemas.ts', 'pause.ts'],
      ['errors.ts'],
      ['retry.ts'],
      ['client.ts'],
      ['agent-fetch.ts', 'scenarios.ts', 'read-live.ts'],
      ['live.ts'],
      ['index.ts'],
    ],
    'packages/web': [
      ['texts', 'build'],
      ['api'],
      ['live'],
      ['ui'],
      ['charts', 'order'],
      ['keys', 'operations'],
      ['flow'],
      ['board'],
      ['pages'],
      ['main.tsx'],
    ],
    'packages/local': [['access', 'demo', 'scaffold', 'traces'], ['system'], ['cli']],
    'packages/ops': [['connect'], ['doctor', 'render'], ['commands'], ['command-line.ts'], ['main.ts']],
    'packages/system': [['model', 'structure', 'histories'], ['support'], ['docs', 'faults', 'mutants']],
    bench: [
      ['load', 'report'],
      ['run'],
      ['limits'],
      ['measure'],
      ['breaker', 'fairness', 'rebuild', 'scale', 'steady'],
      ['bench.ts'],
    ],
    'bench/peers': [
      ['peer.ts', 'poller', 'dbos'],
      ['run'],
      ['measure', 'peers'],
      ['report'],
      ['options.ts'],
      ['bench-peers.ts'],
    ],
    'deploy/tools': [
      ['images', 'manifests', 'observability', 'secrets'],
      ['replay-dashboard.ts'],
      ['replay.ts'],
    ],
    'deploy/experiments': [
      ['report'],
      ['cluster'],
      ['load'],
      ['network'],
      ['experiments', 'tilt'],
      ['experiment.ts'],
    ],
  },
  exceptions: [
    {
      from: 'deploy/experiments',
      to: 'deploy/tools',
      why: 'an experiment applies the manifests and secrets that these tools make and check',
    },
    {
      from: 'deploy/experiments',
      to: 'bench',
      why: 'both measure the breaker, and report in the same tables',
    },
  ],
  servers: { package: 'packages/servers', until: 'packages/local' },
  testPackages: ['packages/system'],
}
