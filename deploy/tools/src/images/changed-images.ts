import { serviceNames } from '@saucery/local/system/service-ports'

export const images = [...serviceNames, 'provision']

/** Files and folders that every image is built with. */
export const sharedSources = [
  'Dockerfile',
  '.dockerignore',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  '.pnpmfile.mjs',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'patches',
  'deploy/tools/src/images/compile.ts',
]

type DependenciesOf = (name: string) => readonly string[]

/** Files and folders of an image: its package, the packages it depends on, and the shared ones. */
export function sourcesOf(image: string, dependenciesOf: DependenciesOf): string[] {
  const needs = (name: string): string[] => [name, ...dependenciesOf(name).flatMap(needs)]
  // The gateway's image contains the page.
  const packages = new Set([...needs(image), ...(image === 'gateway' ? needs('web') : [])])
  return [...sharedSources, ...[...packages].map((name) => `packages/${name}`)]
}

/** The images to rebuild after a change of these files. */
export const changedImages = (files: readonly string[], dependenciesOf: DependenciesOf): string[] =>
  images.filter((image) => {
    const sources = sourcesOf(image, dependenciesOf)
    return files.some((file) => sources.some((source) => file === source || file.startsWith(`${source}/`)))
  })
