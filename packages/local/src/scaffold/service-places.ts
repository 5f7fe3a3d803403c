import { type NewService, reworded } from './service-words.ts'
import type { TwinPlace } from './twins.ts'

type Places = readonly (RegExp | TwinPlace<NewService>)[]

/** A document of YAML, from its begin up to the next one. */
const restOfDocument = String.raw`(?:(?!---\n).*\n)*`
const yaml = (head: string) => new RegExp(`---\\n${head}${restOfDocument}`)

/** An item of a list that has another one before it. */
const item = (text: string) => new RegExp(String.raw`,\s*${text}(?=[,\s\])}])`)
const quoted = item(`'delivery'`)
const bare = item('delivery')

const dependency = / {4}"@saucery\/delivery": "workspace:\*",\n/
const settingsImport = /import \{ deliverySettings \} from '@saucery\/delivery\/settings'\n/
const settingsRow = / {2}delivery: deliverySettings,\n/
const domainImport = /import \* as deliveryDomain from '@saucery\/delivery\/domain'\n/
const domainRow = / {2}delivery: deliveryDomain,\n/

const code: Readonly<Record<string, Places>> = {
  'knip.json': [/ {4}"packages\/delivery": \{\n(?: {6}.*\n)* {4}\},\n/],
  'packages/contracts/package.json': [/ {4}"\.\/delivery": \{\n(?: {6}.*\n)* {4}\},\n/],
  'packages/contracts/src/choreography.ts': [
    {
      at: /import \{[^}]*\} from '\.\/delivery\.ts'\n/,
      as: ({ one, event }) => `import { ${event} } from './${one}.ts'\n`,
    },
    {
      at: /const deliveryPublishes = \[[^\]]*\] as const\n/,
      as: ({ one, event }) => `const ${one}Publishes = [${event}] as const\n`,
    },
    item(String.raw`\.\.\.deliveryPublishes`),
    {
      at: / {2}delivery: \{\n {4}stream: [\s\S]*?\n {2}\},\n/,
      as: ({ one, many, consumes }) => `  ${one}: {
    stream: '${many.toUpperCase()}',
    publishes: ${one}Publishes,
    consumes: [${consumes.join(', ')}],
  },
`,
    },
  ],
  'packages/contracts/src/choreography.test.ts': [
    {
      at: / {2}delivery: \{\n[^}]*\},\n/,
      as: ({ one, event, subject }) => `  ${one}: {\n    ${event}: '${subject}',\n  },\n`,
    },
    {
      at: / {2}delivery: \[[^\]]*\],\n/,
      as: ({ one, consumes }) => `  ${one}: [${consumes.map((name) => `'${name}'`).join(', ')}],\n`,
    },
    / {6}\{ name: 'DELIVERIES', .*\n/,
  ],
  'packages/contracts/src/access/scope.ts': [
    { at: / {2}'read-deliveries': .*\n/, as: ({ many }) => `  'read-${many}': [],\n` },
  ],
  'packages/contracts/src/access/scope.test.ts': [
    {
      at: / {2}'read-deliveries': \{.*\n/,
      as: ({ many }) => `  'read-${many}': { branch: 'none', courier: 'none' },\n`,
    },
  ],
  'packages/gateway/package.json': [dependency],
  'packages/gateway/src/settings.ts': [/ {4}DELIVERY_URL: origin,\n/],
  'packages/gateway/src/proxy/upstreams.ts': [
    / {2}delivery: \['\/deliveries', '\/operations\/delivery'\],\n/,
    / {4}openUpstream\('delivery', settings\.DELIVERY_URL, settings\),\n/,
  ],
  'packages/gateway/src/documents/openapi.test.ts': [/ {6}'GET \/deliveries(?:\/\{id\})?',\n/],
  'packages/gateway/src/documents/openapi.ts': [
    /import \{ deliveryRoutes \} from '@saucery\/delivery\/routes'\n/,
    / {2}\.\.\.deliveryRoutes,\n/,
    {
      at: / {6}\{ name: 'deliveries', description: '[^']*' \},\n/,
      as: ({ one, many }) => `      { name: '${many}', description: 'The ${one} of each order' },\n`,
    },
  ],
  'packages/local/package.json': [dependency],
  'packages/local/src/cli/service-lines.ts': [
    { at: / {2}delivery: \d\d,\n/, as: ({ one, port }) => `  ${one}: ${91 + (port % 6)},\n` },
  ],
  'packages/local/src/system/check-settings.ts': [
    settingsImport,
    settingsRow,
    / {4}deliveries: anyPostgres,\n/,
  ],
  'packages/local/src/system/service-env.ts': [/\|DELIVERY(?=[|)])/],
  'packages/local/src/system/service-ports.ts': [/ {2}delivery: \d+,\n/],
  'packages/local/src/system/service-ports.test.ts': [
    / {4}delivery: 8086,\n/,
    {
      at: / {4}'delivery-management': \d+,\n/,
      as: ({ one, port }) => `    '${one}-management': ${port + 100},\n`,
    },
  ],
  'packages/local/src/testing/test-env.ts': [/\|DELIVERY(?=[|)])/],
  'packages/messaging/src/testing/keys.ts': [quoted],
  'packages/messaging/src/testing/messages.ts': [/ {2}deliveries: 'delivery',\n/],
  'packages/system/package.json': [dependency],
  'packages/system/src/histories/play.ts': [domainImport, domainRow],
  'packages/system/src/model/world.ts': [
    domainImport,
    domainRow,
    {
      at: / {2}delivery: \{\n {4}consumes: [\s\S]*?\n {2}\},\n/,
      as: ({ one, type }) => `  ${one}: {
    consumes: namesIn(choreography.${one}),
    react: rules.${one}.react,
    evolve: rules.${one}.evolve,
    keyOf: ({ status }: ${one}Domain.${type}) => status,
  },
`,
    },
  ],
  'packages/system/src/structure/layers.ts': [
    item(`'packages/delivery'`),
    item(`'delivery\\.ts'`),
    / {4}'packages\/delivery': service,\n/,
  ],
}

const deployment: Readonly<Record<string, Places>> = {
  'deploy/README.md': [
    /echo "POSTGRES_URL=\$DELIVERIES_URL" >> "\$SECRETS\/delivery\.env"\n/,
    / delivery(?=[\w ]* gateway provision nats; do)/,
    /, `delivery-secrets`/,
    / `NATS_DELIVERY_PASSWORD`,/,
  ],
  Dockerfile: [/--filter-prod @saucery\/delivery\.\.\. /],
  Tiltfile: [/, 'delivery': (?:\d+|'postgres')/],
  'tilt/images.Tiltfile': [/ 'delivery',/],
  'compose.yaml': [/ {2}delivery:\n(?: {4}.*\n)*/, /,delivery(?=,)/],
  'deploy/apply.sh': [/ delivery(?= .*\))/],
  '.github/workflows/kind.yaml': [/ delivery(?= .*; do)/],
  'deploy/base/kustomization.yaml': [/ {2}- delivery\n/],
  'deploy/base/gateway/settings.env': [/DELIVERY_URL=.*\n/],
  'deploy/components/auth-off/kustomization.yaml': [/,delivery(?=,)/],
  'deploy/components/https/certificates.yaml': [
    yaml('apiVersion: apps/v1\\nkind: Deployment\\nmetadata:\\n {2}name: delivery\\n'),
  ],
  'deploy/components/https/gateway.env': [/DELIVERY_URL=.*\n/],
  'deploy/components/https/kustomization.yaml': [
    / {2}- name: delivery-settings\n(?: {4}.*\n)*/,
    /, delivery-tls(?=,)/,
  ],
  'deploy/components/keda/kustomization.yaml': [/\|delivery(?=[|)])/],
  'deploy/components/keda/scaled-objects.yaml': [
    {
      at: yaml('apiVersion: keda.sh/v1alpha1\\nkind: ScaledObject\\nmetadata:\\n {2}name: delivery\\n'),
      as: scaledObject,
    },
    / {4}- type: nats-jetstream\n {6}metadata:\n(?: {8}\w+: .*\n){2} {8}stream: DELIVERIES\n {8}consumer: dashboard\n {8}.*\n/,
  ],
  'deploy/components/live-update/kustomization.yaml': [/ {2}- name: saucery\/delivery\n(?: {4}.*\n)*/],
  'deploy/components/nats-tls/client.yaml': [
    yaml('apiVersion: apps/v1\\nkind: Deployment\\nmetadata:\\n {2}name: delivery\\n'),
  ],
  'deploy/components/observability/services.yaml': [
    yaml('apiVersion: v1\\nkind: Service\\nmetadata:\\n {2}name: delivery-metrics\\n'),
  ],
  'deploy/infra/nats/network.yaml': [bare],
  'deploy/infra/postgres/databases.sh': [/database deliveries .*\n/],
  'deploy/infra/postgres/network.yaml': [bare],
  'deploy/observability/kubernetes.yml': [/ *- delivery-metrics\..*\n/],
  'deploy/observability/prometheus.yml': [bare],
  'deploy/observability/rules/saucery.yaml': [/ *or absent\(up\{job="saucery", service="delivery"\}\)\n/],
  'deploy/overlays/local/kustomization.yaml': [
    /\|delivery(?=[|)])/,
    / {2}- name: delivery-secrets\n(?: {4}.*\n)*/,
  ],
  'deploy/overlays/production/ingress.yaml': [/ {10}- path: \/deliveries\n(?: {12}.*\n)*/],
  'deploy/overlays/production/kustomization.yaml': [/ {2}- name: saucery\/delivery\n(?: {4}.*\n)*/],
  'deploy/overlays/production/network.yaml': [bare],
  'deploy/tools/package.json': [dependency],
  'deploy/tools/src/images/changed-images.test.ts': [quoted],
  'deploy/tools/src/testing/settings-schemas.ts': [settingsImport, settingsRow],
}

/** Where each service stands, besides its own folders: by file. */
export const servicePlaces = Object.entries({ ...code, ...deployment }).map(([path, places]) => ({
  path,
  places: places.map((place) => (place instanceof RegExp ? { at: place } : place)),
}))

/** Files of delivery that a new service has as well, with its own words. */
export const copiedFiles = (one: string): string[] => [
  `.azure/${one}.yml`,
  `packages/${one}/drizzle.config.ts`,
  `packages/${one}/src/reactions.ts`,
  ...['deployment', 'kustomization', 'network', 'scaling', 'service'].map(
    (name) => `deploy/base/${one}/${name}.yaml`,
  ),
  `deploy/base/${one}/settings.env`,
]

/** The same with a trigger for each stream that the service consumes. */
function scaledObject(service: NewService, own: string): string {
  const [head = '', trigger = ''] = own.split(/(?=^ {4}- type: nats-jetstream\n)/m)
  const triggers = service.consumedStreams.map((stream) => trigger.replace(/stream: .*/, `stream: ${stream}`))
  return [head, ...triggers].map((part) => reworded(part, service)).join('')
}
