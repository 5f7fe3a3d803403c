import { parseArgs } from 'node:util'
import { type Measurement, parts } from './measure/measure-peer.ts'
import { peers } from './peers/index.ts'

type PeerName = keyof typeof peers

export const usage = `Usage: npx pnpm@12 bench:peers [options]

Measures the same saga by this system and by what one could use instead, in rounds, one peer after the other:

${Object.entries(peers)
  .map(([name, { title }]) => `  ${name.padEnd(16)} ${title}\n`)
  .join('')}
  --peers A,B      only these (all)
  --only A,B       only these measurements: ${parts.join(', ')} (all)
  --rounds N       how often each is measured (3)
  --orders N       orders under load (3000)
  --clients N      that place them (32)
  --seconds N      length of the load of 20 orders a second (15)
  --json FILE      writes the figures of every round to a file
  --help
`

/** @throws when an argument is unknown */
export function readPeerOptions(args: string[]) {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = parseArgs({
    args,
    options: {
      peers: text(Object.keys(peers).join()),
      only: text(parts.join()),
      rounds: text('3'),
      orders: text('3000'),
      clients: text('32'),
      seconds: text('15'),
      json: { type: 'string' },
    },
  })
  const count = (name: 'rounds' | 'orders' | 'clients' | 'seconds') => {
    if (/^[1-9]\d{0,6}$/.test(values[name])) return Number(values[name])
    throw new Error(`--${name} is not a whole number above 0: ${values[name]}`)
  }
  return {
    peers: oneOf('peers', values.peers, Object.keys(peers) as PeerName[]),
    only: oneOf<Measurement>('only', values.only, parts),
    rounds: count('rounds'),
    orders: count('orders'),
    clients: count('clients'),
    seconds: count('seconds'),
    json: values.json,
  }
}

function oneOf<Name extends string>(option: string, value: string, names: readonly Name[]): Name[] {
  const wanted = value.split(',')
  const unknown = wanted.find((name) => !names.includes(name as Name))
  if (unknown !== undefined) throw new Error(`--${option} does not know ${unknown}: ${names.join(', ')}`)
  return names.filter((name) => wanted.includes(name))
}
