import { CallRefused, Unreachable } from '@saucery/client/errors'
import type { OpsConnection } from '../connect/connection.ts'
import { Wrong } from '../connect/exit-codes.ts'
import { findingsOf, type Seen } from '../doctor/findings.ts'

/**
 * Prints what is wrong with this installation, and what to do.
 * @throws Wrong when something is
 */
export async function doctor(connection: OpsConnection): Promise<void> {
  const { json, paint, print } = connection
  const findings = findingsOf(await see(connection))
  if (json) for (const finding of findings) print(JSON.stringify(finding))
  else if (findings.length === 0) print(`${paint('green', '✔')} Nothing is wrong`)
  else
    for (const { level, what, todo } of findings)
      print(
        `${level === 'wrong' ? paint('red', '✖') : paint('yellow', '!')} ${what}\n  ${paint('dim', todo)}`,
      )
  const wrong = findings.filter(({ level }) => level === 'wrong').length
  if (wrong > 0) throw new Wrong(`${wrong} thing${wrong === 1 ? ' is' : 's are'} wrong`)
}

async function see({ url, client }: OpsConnection): Promise<Seen> {
  const me = await client.get('/me').catch((error) => {
    if (error instanceof Unreachable) throw error
    return { refused: error instanceof CallRefused ? error.message : String(error) }
  })
  const [overview, drills, clockMs] = await Promise.all([
    client.get('/operations').catch(() => undefined),
    client.get('/drills').catch(() => undefined),
    clockOf(url),
  ])
  return { url, node: process.versions.node, me, overview, drills, clockMs }
}

/** The header has whole seconds, so half of one is added. */
async function clockOf(url: string): Promise<number | undefined> {
  const answer = await fetch(url, { method: 'HEAD' }).catch(() => undefined)
  const date = answer?.headers.get('date')
  return date ? Date.parse(date) + 500 - Date.now() : undefined
}
