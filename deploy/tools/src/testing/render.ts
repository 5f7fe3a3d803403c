import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '@saucery/servers/install/folders'
import { onPath } from '@saucery/servers/process/programs'
import { tempFolder } from '@saucery/servers/process/temp'
import { parseAllDocuments } from 'yaml'
import { secretFiles } from '../secrets/secret-files.ts'
import { goTool } from './go-tool.ts'
import type { Resource } from './resources.ts'

export const overlays = readdirSync(join(root, 'deploy', 'overlays')).filter((name) => !name.startsWith('.'))

/** The objects of an overlay, rendered by kubectl or else kustomize, with generated secrets. */
export async function render(overlay: string): Promise<Resource[]> {
  const [file, ...args] = await kustomize()
  const folder = await copied
  const { stdout } = await promisify(execFile)(file, [...args, join(folder, 'overlays', overlay)], {
    maxBuffer: 16 * 1024 * 1024,
  })
  return parseAllDocuments(stdout).map((document) => document.toJS() as Resource)
}

/** The program that renders, with its first arguments. */
export async function kustomize(): Promise<[string, ...string[]]> {
  const [kubectl] = onPath('kubectl', process.env)
  if (kubectl) return [kubectl, 'kustomize']
  return [await goTool('kustomize', 'sigs.k8s.io/kustomize/kustomize/v5', 'v5.7.1'), 'build']
}

const copied = copy()

async function copy(): Promise<string> {
  const folder = await tempFolder()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(root, 'deploy'), folder, { recursive: true, filter: (file) => !file.endsWith('.secrets') })
  const secrets = join(folder, 'overlays', 'local', '.secrets')
  mkdirSync(secrets)
  for (const [name, variables] of Object.entries(secretFiles(join(folder, 'data'))))
    writeFileSync(
      join(secrets, `${name}.env`),
      Object.entries(variables)
        .map(([variable, value]) => `${variable}=${value}\n`)
        .join(''),
    )
  return folder
}
