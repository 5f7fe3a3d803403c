import { type SpawnOptions, spawn } from 'node:child_process'

export type RunResult = { code: number | null; stdout: string; stderr: string }

type RunOptions = Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid' | 'signal'> & { timeoutMs?: number }

/** Runs a program to its end and collects what it wrote. A program that cannot be run has code null. */
export function run(file: string, args: string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs, ...how } = options
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...how, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', (error) => resolve({ code: null, stdout, stderr: stderr + error.message }))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Runs a program that must succeed; its last lines are the error's text when it does not. */
export async function runOrFail(file: string, args: string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(file, args, options)
  if (ran.code === 0) return ran.stdout
  const lines = `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-15)
  throw new Error(`${file} failed (exit code ${ran.code}):\n${lines.join('\n')}`)
}
