import type { Drills, Me, Overview } from '@saucery/client/schemas'

/** What the doctor has seen; absent is what could not be read, with the reason. */
export interface Seen {
  readonly url: string
  readonly node: string
  readonly me: Me | { readonly refused: string }
  /** How far the clock of the gateway is from this machine's, in ms. */
  readonly clockMs: number | undefined
  readonly overview: Overview | undefined
  readonly drills: Drills | undefined
}

export interface DoctorFinding {
  readonly level: 'wrong' | 'look'
  readonly what: string
  readonly todo: string
}

/** A JWT is valid for seconds only, and deadlines are minutes: a larger difference shows first there. */
const maxClockMs = 2000
const maxOutboxMs = 30_000
const maxBehind = 1000

/** What is wrong with an installation, and what to do; nothing when all is well. */
export function findingsOf(seen: Seen): DoctorFinding[] {
  return [...accessFindings(seen), ...clockFindings(seen), ...serviceFindings(seen), ...drillFindings(seen)]
}

function accessFindings({ url, me, node }: Seen): DoctorFinding[] {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  const isOld = major < 20 || (major === 20 && minor < 19)
  const isLocal = /^(localhost|127\.|\[::1\])/.test(new URL(url).host)
  return [
    ...(isOld ? [wrong(`Node ${node} is older than 20.19`, 'Install a newer Node')] : []),
    ...('refused' in me
      ? [wrong(me.refused, 'Put the token of an operator into SAUCERY_TOKEN, or use --token-file')]
      : []),
    ...('signIn' in me && me.signIn === 'off' && !isLocal
      ? [
          wrong(
            'Sign-in is off: everyone who reaches this address may do everything',
            'Set AUTH=on: docs/sign-in.md',
          ),
        ]
      : []),
    ...('signIn' in me && !me.may.includes('operate')
      ? [look('This caller is no operator, so most cannot be seen', 'Sign in as an operator')]
      : []),
  ]
}

function clockFindings({ clockMs }: Seen): DoctorFinding[] {
  if (clockMs === undefined || Math.abs(clockMs) <= maxClockMs) return []
  return [
    look(
      `The gateway's clock differs from this machine's by ${(clockMs / 1000).toFixed(1)} s`,
      'Run NTP on both',
    ),
  ]
}

function serviceFindings({ overview }: Seen): DoctorFinding[] {
  return (overview?.services ?? []).flatMap(({ service, state, reason, lag, report }) => {
    const behind = lag?.consumers.reduce((sum, { pending }) => sum + pending, 0) ?? 0
    const { outbox, deadLetters = 0, overdue, consumers } = report ?? {}
    return [
      ...(state === 'down'
        ? [
            wrong(
              `${service} is down: ${reason}`,
              'Look at its logs and at its store: docs/runbooks/service-down.md',
            ),
          ]
        : []),
      ...(state === 'slow' ? [look(`${service} answers slowly`, 'Look at its CPU and its store')] : []),
      ...(consumers?.length === 0
        ? [wrong(`${service} has no consumer`, 'It creates them within seconds; else look at its logs')]
        : []),
      ...(behind > maxBehind
        ? [look(`${behind} events wait for ${service}`, 'docs/runbooks/consumer-stopped.md')]
        : []),
      ...(outbox && outbox.unpublished > 0 && outbox.oldestMs > maxOutboxMs
        ? [
            wrong(
              `${service} cannot publish: ${outbox.unpublished} events wait, the oldest for ${Math.round(outbox.oldestMs / 1000)} s`,
              'Look at NATS and its disk: docs/runbooks/broker-full.md',
            ),
          ]
        : []),
      ...(outbox && outbox.oldestMs < 0
        ? [
            look(
              `${service}'s oldest event is from the future`,
              'The clocks of its replicas or its database differ: run NTP',
            ),
          ]
        : []),
      ...(deadLetters > 0
        ? [
            wrong(
              `${service} has ${deadLetters} dead letters`,
              'npx pnpm@12 ops dead-letters groups; docs/runbooks/poison-message.md',
            ),
          ]
        : []),
      ...(overdue && overdue.count > 0
        ? [wrong(`${overdue.count} orders are overdue`, 'docs/runbooks/orders-overdue.md')]
        : []),
    ]
  })
}

const drillFindings = ({ drills }: Seen): DoctorFinding[] =>
  (drills?.items ?? []).map(({ id, secondsLeft }) =>
    look(
      `A drill is under way: ${id}`,
      `It ends by itself in ${Math.ceil(secondsLeft)} s, or now by: npx pnpm@12 ops faults end ${id}`,
    ),
  )

const wrong = (what: string, todo: string): DoctorFinding => ({ level: 'wrong', what, todo })
const look = (what: string, todo: string): DoctorFinding => ({ level: 'look', what, todo })
