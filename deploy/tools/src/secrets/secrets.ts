import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { dataDir, readCommandLine } from '@saucery/local/cli/command-line'
import { root } from '@saucery/servers/install/folders'
import { productionSecretFiles, secretFiles } from './secret-files.ts'

const usage = `Usage: npx pnpm@12 deploy:secrets
       npx pnpm@12 deploy:secrets --production FOLDER

Generates passwords and keys once, and writes them as env files, one for each Secret.

  --production  keeps them in FOLDER and writes the files there; else .data and deploy/overlays/local/.secrets
`

const folder = readCommandLine(usage, { production: { type: 'string' } }, ({ production }) => {
  if (production === '') throw new Error('--production needs a folder')
  return production && resolve(production)
})
const files = folder ? productionSecretFiles(folder) : secretFiles(dataDir)
const target = folder ?? `${root}deploy/overlays/local/.secrets`
mkdirSync(target, { recursive: true, mode: 0o700 })
for (const [name, variables] of Object.entries(files)) {
  const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${value}\n`)
  writeFileSync(`${target}/${name}.env`, lines.join(''), { mode: 0o600 })
}
