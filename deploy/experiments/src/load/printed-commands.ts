import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { inNamespace } from '../cluster/kubectl.ts'

/**
 * A printed block as one script for bash. What follows a line that logs into a pod is typed there, so it is that line's
 * input.
 */
export function scriptOf(printed: string): string {
  const [first = '', ...rest] = printed.trimEnd().split('\n')
  const logsIn = first.startsWith('kubectl exec -it ') && first.endsWith(' /bin/bash')
  return logsIn ? `${first} <<'TYPED'\n${rest.join('\n')}\nTYPED\n` : printed
}

/**
 * Runs a block of commands that a page prints. Its `kubectl` acts on the namespace of the experiments.
 * @returns stdout and stderr together
 * @throws when a command fails
 */
export async function runPrinted(printed: string): Promise<string> {
  const program = process.env.KUBECTL ?? 'kubectl'
  const words = [program, ...inNamespace()].map((word) => `'${word}'`).join(' ')
  const script = `exec 2>&1\nkubectl() { ${words} "$@"; }\nset -e\n${scriptOf(printed)}`
  const withinMs = 300_000
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], {
    timeout: withinMs,
    maxBuffer: 2 ** 26,
  })
  return stdout.replaceAll('\r', '')
}
