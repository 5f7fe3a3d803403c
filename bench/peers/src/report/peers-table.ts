import { markdownTable } from '@saucery/bench/report/markdown'
import { connectionCounts } from '../measure/connections.ts'
import { type PeerRounds, type RoundRange, rangeOf, ratioOf } from './rounds.ts'

/** A column: its title, the figures in its cells, and their decimals. */
type Column = readonly [title: string, figures: readonly string[], decimals: number]

const columns: readonly Column[] = [
  ['accepted/s', ['acceptedPerSecond'], 0],
  ['POST p50 · p99 ms', ['postP50', 'postP99'], 0],
  ['sagas/s', ['sagasPerSecond'], 0],
  ['CPU ms a saga', ['cpu'], 2],
  ['20/s: POST → DELIVERING p50 · p99 ms', ['restP50', 'restP99'], 0],
  ['20/s: POST p50 · p99 ms', ['restPostP50', 'restPostP99'], 1],
  ['one client: CPU ms an order', ['cpuOne'], 1],
]

/** The median of the rounds, and from the second round on the range. */
export function peersReport(all: readonly PeerRounds[], refused: readonly string[]): string {
  return [
    table(all, columns),
    connectionsTable(all.filter(({ rounds }) => rounds.some((figures) => figures.p50At1 !== undefined))),
    ratioTable(all),
    lessList(all),
    ...refused.map((line) => `${line}\n`),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function table(all: readonly PeerRounds[], wanted: readonly Column[]): string {
  const shown = wanted.filter(([, [figure = '']]) =>
    all.some(({ rounds }) => rounds.some((round) => round[figure] !== undefined)),
  )
  if (shown.length === 0) return ''
  const rows = all.map(({ title, rounds }) => [
    title,
    ...shown.map(([, figures, decimals]) =>
      figures.map((figure) => cell(rangeOf(rounds.map((round) => round[figure])), decimals)).join(' · '),
    ),
  ])
  return markdownTable(
    ['left', ...shown.map(() => 'right' as const)],
    [['', ...shown.map(([title]) => title)], ...rows],
  )
}

const connectionsTable = (all: readonly PeerRounds[]) =>
  table(
    all,
    connectionCounts.flatMap((count): Column[] => [
      [`${count}: POST p50 · p99 ms`, [`p50At${count}`, `p99At${count}`], 0],
      ...(all.some(({ rounds }) => rounds.some((figures) => figures[`refusedAt${count}`]))
        ? [[`${count}: refused`, [`refusedAt${count}`], 0] as const]
        : []),
    ]),
  )

/** This system is the first. */
function ratioTable([first, ...others]: readonly PeerRounds[]): string {
  const named = [
    ['accepted/s', 'acceptedPerSecond'],
    ['sagas/s', 'sagasPerSecond'],
    ['CPU a saga', 'cpu'],
    ['20/s: DELIVERING p50', 'restP50'],
    ['20/s: DELIVERING p99', 'restP99'],
  ] as const
  if (first === undefined || others.length === 0) return ''
  return markdownTable(
    ['left', ...named.map(() => 'right' as const)],
    [
      [`${first.title} : the other, in the same round`, ...named.map(([title]) => title)],
      ...others.map((other) => [
        other.title,
        ...named.map(([, figure]) => cell(ratioOf(first, other, figure), 2)),
      ]),
    ],
  )
}

const lessList = (all: readonly PeerRounds[]) =>
  all
    .filter(({ less }) => less !== '')
    .map(({ title, less }) => `- ${title} does less: ${less}.\n`)
    .join('')

function cell(range: RoundRange | undefined, decimals: number): string {
  if (range === undefined) return '–'
  const text = (figure: number) =>
    figure.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  const { median, least, most } = range
  return least === most ? text(median) : `${text(median)} (${text(least)}–${text(most)})`
}
