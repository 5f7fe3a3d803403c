import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Runs kubectl or tilt, or the program that a variable of that name (`KUBECTL`, `TILT`) names.
 * @returns its output
 * @throws with the end of its error output when it fails
 */
export async function runProgram(
  name: 'kubectl' | 'tilt',
  args: readonly string[],
  { input = '', timeoutMs = 300_000, what = args.slice(0, 4).join(' ') } = {},
): Promise<string> {
  const variable = name.toUpperCase()
  const file = process.env[variable] ?? name
  const running = promisify(execFile)(file, [...args], { timeout: timeoutMs, maxBuffer: 2 ** 26 })
  // The program may end without reading its input.
  running.child.stdin?.on('error', () => {}).end(input)
  try {
    return (await running).stdout
  } catch (error) {
    const { code, stderr = '' } = error as { code?: number | string; stderr?: string }
    if (code === 'ENOENT') throw new Error(`${file} was not found; ${variable} can name another program`)
    throw new Error(`${name} ${what} failed (${code}): ${stderr.trim().slice(-500)}`)
  }
}
