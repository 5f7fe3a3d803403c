import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { structure } from './layers.ts'
import { assertNone } from './testing/assert-none.ts'
import { cruiseWorkspace } from './testing/cruise.ts'
import { rules } from './testing/rules.ts'
import { packageFolders, sourceFiles, workspaceRoot } from './testing/sources.ts'

const { imports, violations } = await cruiseWorkspace(workspaceRoot, structure)

describe('the walls', () => {
  it('are checked against all imports', () => {
    assert.ok(imports.length > 2000, 'few imports were found')
  })

  for (const [rule, promise] of Object.entries(rules))
    it(`keep ${rule}: ${promise}`, () => {
      assertNone(violations.filter((violation) => violation.rule === rule).map(({ line }) => line))
    })
})

describe('the layers', () => {
  it('name every package, and no other', () => {
    assert.deepEqual(new Set(structure.packages.flat()), new Set(packageFolders()))
  })

  it('name every room, and no other', () => {
    const named = Object.entries(structure.rooms).map(([folder, layers]) => ({ folder, layers }))
    const standing = new Map(packageFolders().map((folder) => [folder, roomsOf(folder)]))
    assertNone([
      ...[...standing].flatMap(([folder, rooms]) => {
        const names = structure.rooms[folder]?.flat() ?? []
        return rooms
          .filter((room) => !names.includes(room))
          .map((room) => `${folder}/src/${room} has no layer`)
      }),
      // Packages of one shape share their layers: then it is enough that one of them has the room.
      ...named.flatMap(({ folder, layers }) => {
        const alike = named.filter((other) => other.layers === layers).map((other) => other.folder)
        const rooms = alike.flatMap((other) => standing.get(other) ?? [])
        return layers
          .flat()
          .filter((name) => !rooms.includes(name))
          .map((name) => `${folder}/src/${name} has a layer and does not exist`)
      }),
    ])
  })

  it('list no exception that nothing needs', () => {
    const isUsed = (from: string, to: string) =>
      imports.some((found) => found.from.startsWith(from) && found.to.startsWith(to))
    assertNone(
      structure.exceptions
        .filter(({ from, to }) => !isUsed(from, to))
        .map(({ from, to }) => `${from} → ${to}`),
    )
  })
})

/** Folders with more than tests in them, and files in `src` itself. */
const roomsOf = (folder: string) =>
  [...new Set(sourceFiles(folder).map((file) => file.split('/')[0] as string))].filter(
    (room) => room !== 'testing',
  )
