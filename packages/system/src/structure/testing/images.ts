import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'

/** What one package contributes to images. */
export interface ImagePart {
  readonly folder: string
  /** The sources that are compiled, relative to the workspace's root. */
  readonly sources: readonly string[]
  /** Its dependencies within the workspace, as folders. Those of npm dependency-cruiser looks up itself. */
  readonly installs: readonly string[]
}

/** tsconfig.build.json says what is compiled; TypeScript reads it, so that this agrees with the build. */
export function imageParts(root: string, packages: readonly string[]): ImagePart[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile)
  const compiled = ts
    .parseJsonConfigFileContent(config, ts.sys, root)
    .fileNames.map((file) => relative(root, file))
  const manifests = packages.map((folder) => ({ folder, ...manifestOf(join(root, folder)) }))
  return manifests.map(({ folder, dependencies }) => ({
    folder,
    sources: compiled.filter((file) => file.startsWith(`${folder}/`)),
    installs: manifests.filter(({ name }) => name in dependencies).map((installed) => installed.folder),
  }))
}

function manifestOf(folder: string): { name: string; dependencies: Record<string, string> } {
  const { name, dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return { name, dependencies }
}
