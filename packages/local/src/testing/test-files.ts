import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

export type TestArguments = { unit: boolean; filters: string[]; flags: string[] }

/** Of Node's test runner. Any other flag is a mistake, which Node would only report once the servers run. */
const flagOfNode =
  /^--(test-|experimental-test-|inspect|cpu-prof|heap-prof|trace-|enable-source-maps|expose-gc|max-old-space-size=)/

/**
 * `--unit` is our own flag, those of Node's test runner go there, and the other words filter the files.
 * @throws when a flag is neither
 */
export function parseArguments(args: readonly string[]): TestArguments {
  const own = ['--', '--unit']
  const flags = args.filter((arg) => arg.startsWith('-') && !own.includes(arg))
  const unknown = flags.find((flag) => !flagOfNode.test(flag))
  if (unknown !== undefined) throw new Error(`Unknown option '${unknown}'`)
  return {
    unit: args.includes('--unit'),
    filters: args.filter((arg) => !arg.startsWith('-')),
    flags,
  }
}

/** The files to run: with `--unit` only the tests without servers, with filters only paths that contain one. */
export function selectFiles(files: readonly string[], { unit, filters }: TestArguments): string[] {
  return files.filter(
    (file) =>
      !(unit && /\.(int|sys)\.test\.ts$/.test(file)) &&
      (filters.length === 0 || filters.some((filter) => file.includes(filter))),
  )
}

/**
 * The order in which the files are run. Tests of the whole system keep both cores busy, most others wait for what takes
 * its time: spread evenly among them, they leave no time in which the machine is idle, and none in which all are slow.
 * The files of a package are alike in that, too, so each kind is mixed, in the same way each time. Tests without servers
 * are short, and come last: none is left that the others would have to wait for.
 */
export function inTestOrder(files: readonly string[]): string[] {
  const isWhole = (file: string) => file.endsWith('.sys.test.ts')
  const spread = (some: readonly string[]) =>
    some
      .map((file) => ({ file, hash: createHash('sha256').update(file).digest('hex') }))
      .sort((a, b) => (a.hash < b.hash ? -1 : 1))
      .map(({ file }, i) => ({ file, place: (i + 0.5) / some.length }))
  const needsServers = (file: string) => file.endsWith('.int.test.ts')
  const others = files.filter((file) => !isWhole(file) && !needsServers(file))
  return [files.filter(isWhole), files.filter(needsServers)]
    .flatMap(spread)
    .sort((a, b) => a.place - b.place)
    .concat(spread(others))
    .map(({ file }) => file)
}

/** Hooks of all tests, work before them, mocks, changed globals: what would reach the other files of a process. */
const reachesOthers =
  /^(before|after)(Each)?\(|^(const|let|await)\b[^\n]*\bawait\b|\bmock\.|\bglobalThis\b|\bprocess\.(env\.\w+ =|chdir|exitCode|kill|on\()/m

/** Servers and other processes: what they share, as metrics of a process, counts for all files. */
const startsOthers = /\b(serve|fetch|request|createServer|spawn\w*|execFile\w*|run\w*|exitOf|start[A-Z]\w*)\(/

const perGroup = 25

/**
 * The files that each process runs. To start one takes longer than most tests without servers do, so many of these share
 * one; every other file has a process of its own.
 * @param files in the order in which they are run
 */
export function groupFiles(files: readonly string[], read: (file: string) => string): string[][] {
  let open: string[] = []
  return files.flatMap((file) => {
    const text = read(file)
    if (/\.(int|sys)\.test\.ts$/.test(file) || reachesOthers.test(text) || startsOthers.test(text))
      return [[file]]
    const isFull = open.length === 0 || open.length === perGroup
    if (isFull) open = []
    open.push(file)
    return isFull ? [open] : []
  })
}

/** Every test file of the workspace, relative to its root. */
export function findTestFiles(root: string): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'src'))
  const others = ['bench', 'bench/peers', 'deploy/tools', 'deploy/experiments'].map((name) =>
    join(root, name, 'src'),
  )
  return [...packages, ...others]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => relative(root, file))
    .sort()
}
