import { type ExecFileOptions, execFile } from 'node:child_process'

/** The code is null when the program could not be run, or was ended by a signal. */
export type RunResult = { code: number | null; stdout: string; stderr: string }

type RunOptions = Pick<ExecFileOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'signal' | 'timeout'>

/** Runs a program to its end, with no input, and collects its output. Never rejects. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { ...options, maxBuffer: Infinity }, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr })
      const { code, message } = error
      if (typeof code === 'string') resolve({ code: null, stdout, stderr: stderr + message })
      else resolve({ code: code ?? null, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** Runs a program that must succeed; the error's text has its last lines. */
export async function runOrFail(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(file, args, options)
  if (code === 0) return stdout
  const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-15)
  throw new Error(`${file} failed (exit code ${code}):\n${lines.join('\n')}`)
}
