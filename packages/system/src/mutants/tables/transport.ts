import { mutantsOf } from '../mutant.ts'

const messaging = 'packages/messaging/src'
const secureContext = 'get secureContext() {'
const trustAll = `rejectUnauthorized: false,\n${secureContext}`
const namedHost = "{ host: url.hostname.replace(/^\\[|\\]$/g, '') }"

/** Whom the processes talk to: TLS to the stores, the broker and each other, and the passwords of routes. */
export const transport = [
  ...mutantsOf(
    `${messaging}/postgres/tls.ts`,
    'postgres/tls.int',
    ['a database at an IP address may have the certificate of localhost', namedHost, '{}'],
    [
      'a database may have the certificate of another host',
      namedHost,
      '{ checkServerIdentity: () => undefined }',
    ],
    ['a database may have a certificate of any authority', secureContext, trustAll],
    [
      'an authority that the URL names counts for nothing with require',
      "mode === 'require' && root === undefined",
      "mode === 'require'",
    ],
  ),
  ...mutantsOf(`${messaging}/postgres/database.ts`, 'postgres/tls.int', [
    'a wrong certificate of a database is no outage',
    ' || someCause(error, isTlsError)',
    '',
  ]),
  ...mutantsOf(
    `${messaging}/nats/tls.ts`,
    'nats/tls.int',
    ['the scheme tls:// demands nothing of a broker', "url.includes('tls://') || ", ''],
    ['the files of certificates demand nothing of a broker', 'file !== undefined', 'false'],
    ['a broker may have a certificate of any authority', secureContext, trustAll],
  ),
  ...mutantsOf(
    `${messaging}/nats/driver.ts`,
    'nats/tls.int',
    [
      'a broker at an IP address may have the certificate of localhost',
      'host: this.socket.remoteAddress',
      'host: undefined',
    ],
    [
      'a broker may have the certificate of another host',
      'host: this.socket.remoteAddress',
      'checkServerIdentity: () => undefined',
    ],
    ['nobody learns that a broker refuses a certificate', 'void this.closed().then(report)', ''],
  ),
  ...mutantsOf(`${messaging}/nats/connection.ts`, 'nats/tls.int', [
    'nobody learns why a broker cannot be reached',
    'onDialFailed: dialFailures(log),',
    '',
  ]),
  ...mutantsOf(
    'packages/dashboard/src/store/view-store.ts',
    'dashboard/src/store/tls.int',
    [
      'the read model may have a certificate of any authority',
      "appName: 'dashboard',",
      'tlsAllowInvalidCertificates: true,',
    ],
    [
      'the read model may have the certificate of another host',
      "appName: 'dashboard',",
      'tlsAllowInvalidHostnames: true,',
    ],
  ),
  ...mutantsOf('packages/dashboard/src/store/mongo-errors.ts', 'dashboard/src/store/tls.int', [
    'a wrong certificate of the read model is no outage',
    'error instanceof MongoServerSelectionError ||',
    '',
  ]),
  ...mutantsOf(
    'packages/gateway/src/proxy/upstreams.ts',
    'gateway/src/proxy/tls',
    [
      'a service may have a certificate of any authority that the gateway was told',
      '{ timeout, secureContext',
      '{ timeout, rejectUnauthorized: false, secureContext',
    ],
    [
      'a service may have the certificate of another host',
      '{ timeout, secureContext',
      '{ timeout, checkServerIdentity: () => undefined, secureContext',
    ],
    [
      'a service may have any certificate where the gateway was told no authority',
      'buildConnector({ timeout })',
      'buildConnector({ timeout, rejectUnauthorized: false })',
    ],
  ),
  ...mutantsOf('packages/chassis/src/lifecycle/boot.ts', 'lifecycle/startup.int', [
    'a service ends at its start when the certificate of its database is wrong',
    '(isDatabaseOutage(error) && !isLoginRefused(error))',
    'false',
  ]),
  ...mutantsOf('packages/chassis/src/lifecycle/startup.ts', 'lifecycle/startup.int', [
    'a service waits at its start without a word',
    'log.warn({ reason: String(error), waitMs }, `waiting for',
    'void (`',
  ]),
  ...mutantsOf(
    'packages/chassis/src/http/server.ts',
    'chassis/src/http/tls',
    [
      'a service with a certificate serves plain HTTP',
      'const server = createTlsServer(',
      'const server = createServer(',
    ],
    [
      'a service with half of a certificate serves plain HTTP',
      'cert === undefined && key === undefined',
      'cert === undefined || key === undefined',
    ],
    [
      'a renewed certificate counts only after a restart',
      'server.setSecureContext(withoutContext(current))',
      '',
    ],
  ),
  ...mutantsOf('deploy/overlays/production/cluster.conf', 'manifests/nats-routes', [
    'any server may join the cluster of brokers',
    '  authorization {\n    user: "route"\n    password: $NATS_ROUTE_PASSWORD\n  }\n',
    '',
  ]),
]
