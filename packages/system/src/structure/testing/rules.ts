import type { IForbiddenRuleType, IRegularForbiddenRuleType } from 'dependency-cruiser'
import { type Exception, type Layers, participants, type Structure } from '../layers.ts'
import type { ImagePart } from './images.ts'

type Ends = Pick<IRegularForbiddenRuleType, 'from' | 'to'>

/** The rules, and what each of them keeps true. */
export const rules = {
  'room-order': 'rooms of a package import only the rooms below them',
  'package-order': 'packages import only the packages below them',
  'no-cycles': 'no import leads back to where it began, not even for a type',
  'pure-domain': 'a domain.ts imports the contracts, and types of its own package',
  'no-test-helpers-in-product': 'only tests import tests and testing/',
  'no-dev-dependencies-in-images': 'what goes into an image imports only what is installed there',
  'private-modules': 'packages import of each other only what their exports name',
} as const

export type RuleName = keyof typeof rules

/** The rules in dependency-cruiser's terms, several for each of ours; their names begin with ours. */
export function rulesOf(structure: Structure, images: readonly ImagePart[]): IForbiddenRuleType[] {
  return [
    ...roomOrder(structure),
    ...packageOrder(structure),
    forbid('no-cycles', '', rules['no-cycles'], { from: {}, to: { circular: true } }),
    ...pureDomain(),
    forbid('no-test-helpers-in-product', '', rules['no-test-helpers-in-product'], {
      from: { pathNot: [...tests, ...structure.testPackages.map(within)] },
      to: { path: tests },
    }),
    ...images.filter(({ sources }) => sources.length > 0).flatMap(onlyInstalled),
    ...privateModules(structure),
  ]
}

const forbid = (rule: RuleName, place: string, comment: string, ends: Ends): IForbiddenRuleType => ({
  name: `${rule} ${place}`,
  severity: 'error',
  comment,
  ...ends,
})

const literally = (path: string) => path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const exactly = (file: string) => `^${literally(file)}$`
const within = (folder: string) => `^${literally(folder)}/`
// dependency-cruiser refuses a `*` within another one: it could take for ever.
const tests = ['^(?:packages|bench|deploy)/.*/testing/', '\\.test\\.tsx?$']

const isFile = (room: string) => /\.tsx?$/.test(room)
const at = (room: string) => (isFile(room) ? exactly(room) : within(room))

/** Tests are exempt. Nothing imports a test, so an import of its own cannot close a circle. */
function roomOrder({ rooms, exceptions }: Structure): IForbiddenRuleType[] {
  return Object.entries(rooms).flatMap(([folder, layers]) =>
    eachWithBelow(layers).map(({ name, below }) => {
      const room = `${folder}/src/${name}`
      const allowed = [
        ...[name, ...below].map((other) => `${folder}/src/${other}`),
        ...excepted(exceptions, room),
      ]
      return forbid('room-order', room, `${name} may import ${listed(below)}`, {
        from: { path: at(room), pathNot: tests },
        to: { path: within(`${folder}/src`), pathNot: [...allowed.map(at), ...tests] },
      })
    }),
  )
}

function packageOrder({ packages, exceptions, servers }: Structure): IForbiddenRuleType[] {
  const all = packages.flat()
  const deployed = packages
    .slice(
      0,
      packages.findIndex((layer) => layer.includes(servers.until)),
    )
    .flat()
  return [
    ...eachWithBelow(packages).map(({ name, below }) =>
      forbid('package-order', name, `${name} may import ${listed(below)}`, {
        from: { path: within(name) },
        to: {
          path: all.map(within),
          pathNot: [name, ...below, ...excepted(exceptions, name)].map(within),
        },
      }),
    ),
    forbid('package-order', servers.package, `below ${servers.until} only tests import ${servers.package}`, {
      from: { path: deployed.filter((name) => name !== servers.package).map(within), pathNot: tests },
      to: { path: within(servers.package) },
    }),
  ]
}

/** A domain imports values from the contracts alone, and types also from its own package. Nothing else. */
function pureDomain(): IForbiddenRuleType[] {
  const from = { path: `^(${participants.map(literally).join('|')})/src/domain\\.ts$` }
  return [
    forbid('pure-domain', 'elsewhere', rules['pure-domain'], {
      from,
      to: { pathNot: [within('packages/contracts'), '^$1/src/'] },
    }),
    forbid('pure-domain', 'values', rules['pure-domain'], {
      from,
      to: { path: '^$1/src/', dependencyTypesNot: ['type-only'] },
    }),
  ]
}

function onlyInstalled({ folder, sources, installs }: ImagePart): IForbiddenRuleType[] {
  const from = { path: sources.map(exactly) }
  const reason = `the dependencies of ${folder}/package.json do not name it`
  return [
    forbid('no-dev-dependencies-in-images', `${folder} npm`, reason, {
      from,
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    }),
    forbid('no-dev-dependencies-in-images', `${folder} workspace`, reason, {
      from,
      to: { path: '^(?:packages|bench|deploy)/', pathNot: [folder, ...installs].map(within) },
    }),
  ]
}

/** `exports` is enforced by Node, tsc and this alike, but only for imports by name: a path would bypass it. */
function privateModules({ packages }: Structure): IForbiddenRuleType[] {
  const all = packages.flat().map(literally)
  return [
    forbid('private-modules', 'names', 'nothing is there, or the exports of its package do not name it', {
      from: {},
      to: { couldNotResolve: true },
    }),
    forbid('private-modules', 'paths', 'another package is imported by its name, not by a path', {
      from: { path: `^(${all.join('|')})/` },
      to: { path: `^(?:${all.join('|')})/`, pathNot: '^$1/', dependencyTypes: ['local'] },
    }),
  ]
}

const eachWithBelow = (layers: Layers) =>
  layers.flatMap((layer, height) => layer.map((name) => ({ name, below: layers.slice(0, height).flat() })))

const excepted = (exceptions: readonly Exception[], place: string) =>
  exceptions.filter(({ from }) => from === place).map(({ to }) => to)

const listed = (below: readonly string[]) => (below.length > 0 ? below.join(', ') : 'none of the others')
