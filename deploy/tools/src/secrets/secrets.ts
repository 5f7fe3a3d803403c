import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { dataFolder, root } from '@saucery/servers/install/folders'
import { secretFiles } from './secret-files.ts'

const folder = `${root}deploy/overlays/local/.secrets`
mkdirSync(folder, { recursive: true, mode: 0o700 })
for (const [name, variables] of Object.entries(
  secretFiles(resolve(process.env.SAUCERY_DATA || dataFolder)),
)) {
  const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${value}\n`)
  writeFileSync(`${folder}/${name}.env`, lines.join(''), { mode: 0o600 })
}
