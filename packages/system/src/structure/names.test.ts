import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import ts from 'typescript'
import { participants } from './layers.ts'
import { assertNone } from './testing/assert-none.ts'
import { exportedNames } from './testing/exported-names.ts'
import { packageFolders, sourceFiles, workspaceRoot } from './testing/sources.ts'

/** Names that may be declared twice, or hide a global, and why. */
const deliberate: Record<string, string> = {
  reactions: 'the event handlers of a service, the dashboard too',
  Event: 'the word of the domain and of CloudEvents',
  Fact: 'messaging knows the shape of any fact, contracts those of ours; a fact of contracts is one of messaging',
}

const sources = packageFolders().flatMap((folder) =>
  sourceFiles(folder).map((file) => ({ folder, file, path: `${folder}/src/${file}` })),
)

/** Where each name is declared. */
const declared = new Map<string, typeof sources>()
for (const source of sources)
  for (const name of exportedNames(source.path, readFileSync(join(workspaceRoot, source.path), 'utf8')))
    declared.set(name, [...(declared.get(name) ?? []), source])

/** The same file of order, payment and delivery counts once: there a name has one meaning. (sameness.test) */
const placeOf = ({ folder, file, path }: (typeof sources)[number]) =>
  participants.includes(folder) ? file : path

/** Its types are generated from the declarations whose names they have: the same shapes, as a client sees them. */
const generated = 'packages/client/src/schemas.ts'

const isTwice = (places: typeof sources) =>
  new Set(places.filter(({ path }) => path !== generated).map(placeOf)).size > 1

/** What Node, the browser and TypeScript's library declare for every file. */
function globalNames(): Set<string> {
  const program = ts.createProgram([join(workspaceRoot, 'node_modules/@types/node/index.d.ts')], {
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  })
  const [library] = program.getSourceFiles()
  assert.ok(library)
  const kinds = ts.SymbolFlags.Value | ts.SymbolFlags.Type | ts.SymbolFlags.Namespace
  return new Set(
    program
      .getTypeChecker()
      .getSymbolsInScope(library, kinds)
      .map(({ name }) => name),
  )
}

const globals = globalNames()

const lines = (names: [string, typeof sources][]) =>
  names
    .filter(([name]) => !(name in deliberate))
    .map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(', ')}`)

describe('exported names', () => {
  it('are found', () => {
    assert.ok(declared.size > 500, 'few names were found')
  })

  it('have one meaning: none is declared in two files', () => {
    assertNone(lines([...declared].filter(([, places]) => isTwice(places))))
  })

  it('hide no global', () => {
    for (const name of ['Request', 'Awaited', 'Notification', 'Buffer', 'AsyncDisposable'])
      assert.ok(globals.has(name), name)
    assertNone(lines([...declared].filter(([name]) => globals.has(name))))
  })

  it('are listed as deliberate only where they have to be', () => {
    const needed = (name: string) => isTwice(declared.get(name) ?? []) || globals.has(name)
    assertNone(Object.keys(deliberate).filter((name) => !declared.has(name) || !needed(name)))
  })
})
