import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A bash that keeps its variables and functions from one script to the next, as a reader's does. */
export interface Bash extends AsyncDisposable {
  /** What the script wrote, on either output; rejects when one of its commands failed, or it takes too long. */
  run(script: string): Promise<string>
}

const done = '\u001e'

export function openBash(options: { cwd: string; env: NodeJS.ProcessEnv; withinMs: number }): Bash {
  const { cwd, env, withinMs } = options
  const bash = spawn('bash', ['--norc', '-E'], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  const exited = once(bash, 'close')
  let output = ''
  let heard = () => {}
  for (const stream of [bash.stdout, bash.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      heard()
    })
  bash.stdin.on('error', () => {})
  bash.stdin.write('exec 2>&1\n')

  return {
    async run(script) {
      output = ''
      const ended = new Promise<void>((resolve, reject) => {
        const give = (why: string) => () => reject(new Error(`${why}:\n${script}\n${output}`))
        const late = setTimeout(give(`not done after ${withinMs} ms`), withinMs)
        void exited.then(give('bash has ended'))
        heard = () => {
          if (!output.includes(done)) return
          clearTimeout(late)
          const [, failed = ''] = output.split(done)
          if (failed.startsWith('0')) resolve()
          else give('a command failed')()
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
      bash.kill('SIGKILL')
      await exited
    },
  }
}
