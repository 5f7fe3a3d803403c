// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are pieces of source text.
import { mutantsOf } from '../mutant.ts'

const [messaging, chassis] = ['packages/messaging/src', 'packages/chassis/src'] as const

/** What operators see and do: dead letters, the story of a failure, drills. */
export const operations = [
  ...mutantsOf(
    `${messaging}/dead-letters/postgres-catalog.ts`,
    'dead-letters/postgres-catalog',
    ['a dead letter is settled twice', 'sql`outcome is null`', 'sql`true`'],
    [
      'an operator’s retry has no name when a list was quicker',
      '(settled_by is null and ${by}::text is not null)',
      '(${by}::text is null and false)',
    ],
  ),
  ...mutantsOf(
    `${messaging}/consumer/failing-messages.ts`,
    'consumer/failing-messages',
    ['a dead letter is still said to be tried again', ' && !buried.has(id)', ''],
    ['what was handled since is still said to fail', '!handled.has(eventId) && ', ''],
    ['a message that is handled at last still fails', 'if (message.info.deliveryCount > 1)', 'if (false)'],
  ),
  ...mutantsOf(
    `${chassis}/operations/jobs.ts`,
    'order/src/dead-letters',
    ['a letter that fails again ends the job', 'error instanceof ReprocessingFailed ||', ''],
    ['a job forgets how far it was', 'after: job.place })', 'after: undefined })'],
  ),
  ...mutantsOf(`${chassis}/drills/postgres-drills.ts`, 'drills/postgres-drills', [
    'two gateways send one load',
    '(runner is null or runner = ${runner} or leased_until < now())',
    'true',
  ]),
  ...mutantsOf(
    `${chassis}/drills/follow.ts`,
    'drills/drills.test',
    ['a drill whose store is away never ends', ' && sinceMs() < leftMs)', ')'],
    [
      'a replica that has just started follows no drill',
      'known: isOn ? read()',
      'known: isOn ? Promise.resolve()',
    ],
  ),
]
