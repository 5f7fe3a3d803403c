import { spawn } from 'node:child_process'
import { once } from 'node:events'

export type Bash = ReturnType<typeof openBash>

const done = '\u001e'

/** A bash that keeps its variables and functions from one script to the next, as a reader's shell does. */
export function openBash(options: { cwd: string; env: NodeJS.ProcessEnv; withinMs: number }) {
  const { cwd, env, withinMs } = options
  const bash = spawn('bash', ['--norc', '-E'], { cwd, env, stdio: 'pipe', detached: true })
  const exited = once(bash, 'close')
  let output = ''
  let onOutput = () => {}
  for (const stream of [bash.stdout, bash.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput()
    })
  bash.stdin.on('error', () => {})
  bash.stdin.write('exec 2>&1\n')

  return {
    /** Resolves with stdout and stderr together; rejects when a command fails, or after `withinMs`. */
    async run(script: string) {
      output = ''
      const ended = new Promise<void>((resolve, reject) => {
        const fail = (why: string) => () => reject(new Error(`${why}:\n${script}\n${output}`))
        const late = setTimeout(fail(`not done after ${withinMs} ms`), withinMs)
        void exited.then(fail('bash has ended'))
        onOutput = () => {
          if (!output.includes(done)) return
          clearTimeout(late)
          const [, failed = ''] = output.split(done)
          if (failed.startsWith('0')) resolve()
          else fail('a command failed')()
        }
      })
      // Otherwise a command could read the scripts that follow as its input.
      bash.stdin.write(
        `failed=0; trap failed=1 ERR\n{ ${script}\n} < /dev/null\ntrap - ERR; echo "${done}$failed"\n`,
      )
      await ended
      return output.split(done)[0] ?? ''
    },
    async [Symbol.asyncDispose]() {
      // With what it runs, which would keep its output open.
      if (bash.exitCode === null && bash.pid !== undefined) process.kill(-bash.pid, 'SIGKILL')
      await exited
    },
  }
}
