import type { Print } from '../process/child.ts'
import { onPath, versionOf } from '../process/programs.ts'
import type { ServerOptions } from '../process/server.ts'
import { toolsFolder } from './folders.ts'

/** A server that the environment names, or a program to start. */
export type Found<Program> =
  | { kind: 'environment'; what: string; why: string; url: string }
  | { kind: 'path' | 'embedded'; what: string; why: string; program: Program }

export interface FindOptions {
  /** The folder for downloaded programs (`.data/tools`). */
  readonly tools?: string
  readonly print?: Print
  readonly env?: NodeJS.ProcessEnv
}

interface FindListener {
  /** Gets what was found, and why, in the place of a printed line. */
  readonly onFound?: ((found: WhatAndWhy) => void) | undefined
}

export type WhatAndWhy = Pick<Found<never>, 'what' | 'why'>

export type StartOptions = FindOptions & FindListener & ServerOptions

export const withDefaults = <Options extends FindOptions>(
  options: Options,
): Options & Required<FindOptions> => ({
  tools: toolsFolder,
  print: () => {},
  env: process.env,
  ...options,
})

/** The server that the variable names, else the one that `search` finds. Prints what was found, and why, or passes it on. */
export async function find<Program, Options extends FindOptions & FindListener>(
  variable: string,
  product: string,
  options: Options,
  search: (settings: Options & Required<FindOptions>) => Promise<Found<Program>>,
): Promise<Found<Program>> {
  const settings = withDefaults(options)
  const found = fromEnvironment(variable, product, settings.env) ?? (await search(settings))
  const { what, why } = found
  if (options.onFound) options.onFound({ what, why })
  else settings.print(`${what} (${why})`)
  return found
}

/** The server that a URL in the environment names, described without its password. */
export function fromEnvironment(
  variable: string,
  product: string,
  env: NodeJS.ProcessEnv,
): Found<never> | undefined {
  const url = env[variable]
  if (!url) return undefined
  // Not `new URL`: MongoDB's URLs may list several hosts.
  const host = url
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^.*@/, '')
    .replace(/[/?].*$/, '')
  return { kind: 'environment', what: `${product} at ${host}`, why: `${variable} is set`, url }
}

/** The first program of this name on the PATH whose version is accepted. */
export async function fromPath(
  name: string,
  product: string,
  env: NodeJS.ProcessEnv,
  accepts: (version: string) => boolean,
) {
  for (const file of onPath(name, env)) {
    const version = await versionOf(file)
    if (version !== undefined && accepts(version))
      return {
        kind: 'path',
        what: `${product} ${version}`,
        why: `found at ${file}`,
        program: { file },
      } as const
  }
  return undefined
}
