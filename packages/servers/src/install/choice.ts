/** Where a server comes from, so that whoever starts it can print what was chosen, and why. */
export type Choice<Program> =
  | { kind: 'environment'; what: string; why: string; url: string }
  | { kind: 'path' | 'embedded'; what: string; why: string; program: Program }

/** Told one short line of progress: a download, a leftover that is being stopped. */
export type Say = (text: string) => void

export type Where = {
  /** The folder for downloaded programs; they are kept and found again. */
  tools: string
  say: Say
  env?: NodeJS.ProcessEnv
}

/** The choice of a URL in the environment, named without its password. */
export function fromEnvironment(
  name: string,
  product: string,
  env: NodeJS.ProcessEnv,
): Choice<never> | undefined {
  const url = env[name]
  if (!url) return undefined
  // Not `new URL`: MongoDB's URLs may list several hosts.
  const host = url
    .replace(/^[a-z+]+:\/\//i, '')
    .replace(/^.*@/, '')
    .replace(/[/?].*$/, '')
  return { kind: 'environment', what: `${product} at ${host}`, why: `${name} is set`, url }
}
