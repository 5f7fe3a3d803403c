import { mutantsOf } from '../mutant.ts'

/** Who may call: the gateway's check of tokens, what it passes on, and what the services check. */
export const signIn = [
  ...mutantsOf(
    'packages/gateway/src/auth/verify-token.ts',
    'gateway/src/auth',
    ['a token for another audience is accepted', 'audience: rules.audience,', ''],
    ['a token of another issuer is accepted', 'issuer: rules.issuer,', ''],
    ['a token that never expires is accepted', "requiredClaims: ['exp', 'sub'],", "requiredClaims: ['sub'],"],
    ['a token signed with a shared secret is accepted', 'algorithms: [...rules.keys.algorithms],', ''],
    [
      'a token is believed after its end',
      'Math.min((payload.exp ?? 0) * 1000, Date.now() + cachedMs)',
      'Date.now() + cachedMs',
    ],
    ['the keys stay as old as a clock was set back', 'if (Date.now() < askedAt) await keys.reload()', ''],
    ['of several roles the first counts', 'value.length === 1 ? value[0]', 'value.length > 0 ? value[0]'],
  ),
  ...mutantsOf(
    'packages/chassis/src/auth/token-cache.ts',
    'auth/token-cache',
    ['a verified token is kept longer when a clock is set back', '{ ttl }', '{}'],
    ['a verified token is kept after its end', '!entry || entry.until > Date.now()', 'true'],
  ),
  ...mutantsOf('packages/dashboard/src/live/clients.ts', 'live/clients', [
    'a live client stays after its sign-in when a clock was set back',
    '&& endsAt > performance.now()',
    '',
  ]),
  ...mutantsOf(
    'packages/gateway/src/proxy/headers.ts',
    'gateway/src/proxy/headers gateway/src/auth',
    ['a client sends its own caller token', '  callerTokenHeader,\n', ''],
    ['the client’s token reaches the services', "  'authorization',\n", ''],
  ),
  ...mutantsOf(
    'packages/chassis/src/auth/caller-token.ts',
    'chassis/src/auth',
    ['a caller token for one service is good for all', 'audience: service,', ''],
    ['a caller token never ends', "requiredClaims: ['exp'],", ''],
  ),
  ...mutantsOf(
    'packages/chassis/src/auth/authorize.ts',
    'chassis/src/auth',
    [
      'a caller without any permission is let in',
      "if (scope !== 'none') return scope",
      'if (scope) return scope',
    ],
    [
      'a branch sees the orders of others',
      'item && isInScope(scope, (item as { branchId?: string }).branchId)',
      'item',
    ],
    ['a list shows the orders of other branches', '{ ...query, branchId: scope.branchId }', 'query'],
  ),
  ...mutantsOf(
    'packages/chassis/src/http/foreign-requests.ts',
    'http/foreign-requests',
    ['the page of another origin is answered', 'origin !== undefined && !isSameHost(origin, host)', 'false'],
    ['what a page of another site loads without an origin is answered', " || site === 'cross-site'", ''],
    ['a name that a stranger points at the server is answered', '!isKnown(server.hostname)', 'false'],
    ['a page of the same name at another port is answered', 'page.host === ', 'page.hostname === '],
    ['a page that is no web page is answered', '/^https?:$/.test(page.protocol)', 'true'],
    [
      'an origin that begins like a named one is answered',
      'origins.includes(origin)',
      'origins.some((it) => origin.startsWith(it))',
    ],
  ),
  ...mutantsOf('packages/gateway/src/app.ts', 'gateway/src/app.test', [
    'the gateway without sign-in answers pages of other sites',
    "settings.AUTH === 'off'",
    'false',
  ]),
  ...mutantsOf('packages/chassis/src/auth/authorize.ts', 'auth/authorize.test', [
    'a service without sign-in answers pages of other sites',
    'return refuse(c, next)',
    'return next()',
  ]),
  ...mutantsOf(
    'packages/dashboard/src/live/resume-token.ts',
    'live/resume-token',
    ['a changed resume token is opened', ', decipher.final()])', '])'],
    [
      'a resume token that nobody sealed is opened',
      '} catch {',
      "} catch {\n        if (token.startsWith('Wz')) return { version: 1, positions: [] }",
    ],
    ['a resume token of another secret is opened', '.update(secret)', ".update('')"],
    [
      'an equal resume token shows that nothing happened',
      'const nonce = randomBytes(nonceBytes)',
      'const nonce = Buffer.alloc(nonceBytes)',
    ],
    ['the length of a resume token shows how many events there are', 'text.padEnd(contentBytes)', 'text'],
  ),
]
