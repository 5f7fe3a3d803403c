import type { Print } from '../process/child.ts'
import { toolsFolder } from './folders.ts'

/** A server that the environment names, or a program to start; the two texts are printed. */
export type Found<Program> =
  | { kind: 'environment'; what: string; why: string; url: string }
  | { kind: 'path' | 'embedded'; what: string; why: string; program: Program }

export interface FindOptions {
  /** The folder for downloaded programs (`.data/tools`). */
  tools?: string
  print?: Print
  env?: NodeJS.ProcessEnv
}

export const withDefaults = <Options extends FindOptions>(options: Options) => ({
  tools: toolsFolder,
  print: () => {},
  env: process.env,
  ...options,
})

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
