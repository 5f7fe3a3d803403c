import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// In an image's build there is nothing but this package and the compiler, so it imports no other.
const root = fileURLToPath(new URL('../../../..', import.meta.url))
const compiled = `${root}.data/compiled`

// All packages at once, into one folder: a compiler that is told of one package would put the others beside it.
rmSync(compiled, { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
for (const name of readdirSync(compiled)) {
  const dist = `${root}packages/${name}/dist`
  rmSync(dist, { recursive: true, force: true })
  cpSync(`${compiled}/${name}/src`, dist, { recursive: true })
}
