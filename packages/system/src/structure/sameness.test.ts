import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assertNone } from './testing/assert-none.ts'
import { exportedNames } from './testing/exported-names.ts'
import { sourceFiles, workspaceRoot } from './testing/sources.ts'

const services = [
  { folder: 'packages/order', one: 'order', many: 'orders' },
  { folder: 'packages/payment', one: 'payment', many: 'payments' },
  { folder: 'packages/delivery', one: 'delivery', many: 'deliveries' },
]
type Service = (typeof services)[number]

/** The modules that all three have, in reading order. */
const modules = [
  'domain.ts',
  'schema.ts',
  'store.ts',
  'reactions.ts',
  'routes.ts',
  'api.ts',
  'settings.ts',
  'main.ts',
]

/** Here each also has names of its own: its decisions, its routes. What two of them export, the third exports too. */
const ownNames = ['domain.ts', 'routes.ts']

/** A module that not all have. Everything else that only one of them has is in a folder. */
const ownModules = ['deadlines.ts']

/** Names that one of them does without, and why. */
const without: Record<string, string> = {
  'packages/payment/src/domain.ts Refused':
    'it has no commands that it could refuse: it only consumes events',
}

/** Names that one of them has alone, and why. */
const alone: Record<string, string> = {
  'packages/payment/src/settings.ts faults': 'it alone simulates another company',
  'packages/order/src/store.ts findPlacedBefore': 'its deadline counts from the placing',
  'packages/delivery/src/store.ts findStartedBefore': 'its deadline counts from the start',
}

/** Makes names comparable: `listDeliveries` and `listOrders` are both `listThings`. */
function withoutNoun(name: string, { one, many }: Service): string {
  const capital = (word: string) => word[0]?.toUpperCase() + word.slice(1)
  return name
    .replaceAll(many, 'things')
    .replaceAll(capital(many), 'Things')
    .replaceAll(one, 'thing')
    .replaceAll(capital(one), 'Thing')
}

/** A module's exported names by their comparable form. */
const namesIn = (service: Service, file: string) =>
  new Map(
    exportedNames(file, readFileSync(join(workspaceRoot, service.folder, 'src', file), 'utf8')).map(
      (name) => [withoutNoun(name, service), name],
    ),
  )

/** How the three differ in a module, one line per difference. */
function differences(file: string): string[] {
  const having = services
    .filter(({ folder }) => sourceFiles(folder).includes(file))
    .map((service) => ({ path: `${service.folder}/src/${file}`, names: namesIn(service, file) }))
  const all = new Set(having.flatMap(({ names }) => [...names.keys()]))
  return [...all].flatMap((name) => {
    const have = having.filter(({ names }) => names.has(name))
    const [only] = have
    if (only && have.length === 1) {
      const place = `${only.path} ${only.names.get(name)}`
      return ownNames.includes(file) || place in alone
        ? []
        : [`${only.path} alone exports ${only.names.get(name)}`]
    }
    const theirs = have.map(({ names }) => names.get(name)).join(' and ')
    return having
      .filter(({ path, names }) => !names.has(name) && !(`${path} ${name}` in without))
      .map(({ path }) => `${path} exports nothing like ${theirs} of the others`)
  })
}

describe('order, payment and delivery', () => {
  it('have the same modules', () => {
    assertNone(
      services.flatMap(({ folder }) => {
        const files = sourceFiles(folder).filter((file) => !file.includes('/'))
        const allowed = [...modules, ...ownModules]
        return [
          ...modules
            .filter((file) => !files.includes(file))
            .map((file) => `${folder}/src/${file} is missing`),
          ...files
            .filter((file) => !allowed.includes(file))
            .map((file) => `${folder}/src/${file} belongs in a folder: the others do not have it`),
        ]
      }),
    )
  })

  for (const file of modules)
    it(`export the same from ${file}`, () => {
      assertNone(differences(file))
    })

  /** Whether the module of the place exports its name. */
  const exports = (place: string) => {
    const [path = '', name = ''] = place.split(' ')
    const service = services.find(({ folder }) => path.startsWith(`${folder}/`))
    if (!service) return undefined
    const names = namesIn(service, path.slice(`${service.folder}/src/`.length))
    return names.has(name) || [...names.values()].includes(name)
  }

  it('are listed as doing without a name only where it is missing', () => {
    assertNone(Object.keys(without).filter((place) => exports(place) !== false))
  })

  it('are listed as having a name alone only where it is', () => {
    assertNone(Object.keys(alone).filter((place) => exports(place) !== true))
  })
})
