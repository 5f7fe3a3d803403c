import type { PostgresConnection } from './connection.ts'
import {
  type AnsweredQuery,
  type DrizzleClient,
  isAborted,
  isAnswer,
  laterStatement,
  refusedStatement,
  type Statement,
} from './driver.ts'

type Run<T> = (tx: DrizzleClient) => Promise<T>

/**
 * Runs a transaction on a connection that nobody else uses meanwhile. It resolves if and only if the server has
 * answered that it has committed, and no statement has failed. Else nothing is committed, except that nobody knows
 * when the connection is lost while `commit` is under way.
 *
 * `begin` leaves with the first statements as long as they only read: until it is answered it can still fail, and would
 * leave them to autocommit. What `run` does not wait for leaves with `commit`.
 * (lost-transactions.int.test)
 */
export async function runTransaction<T>(
  connection: PostgresConnection,
  options: object,
  run: Run<T>,
): Promise<T> {
  let hasBegun = false
  /** Statements that wait for the answer to `begin`. */
  let held = 0
  let savepoints = 0
  /** The connection is lost, or the transaction has not begun. */
  let broken: Error | undefined
  let hasEnded = false
  let stopListening = () => {}

  const begun = connection.send('begin')
  const breaking = new Promise<never>((_, reject) => {
    const end = (error: Error) => {
      broken ??= error
      reject(error)
    }
    stopListening = connection.onLost(end)
    begun.then(() => {
      hasBegun = true
    }, end)
  })
  breaking.catch(() => {})

  function inOrder(text: string, parameters: unknown[] = []): Statement {
    const send = () => connection.send(text, parameters)
    try {
      if (held === 0 && (hasBegun || onlyReads(text))) return send()
    } catch (error) {
      return refusedStatement(error)
    }
    held++
    const sendHeld = () => {
      held--
      return send()
    }
    return laterStatement(begun.then(() => sendHeld))
  }

  /** @returns also how to ask for the first error of a statement, which may come later */
  async function scope<R>(run: Run<R>): Promise<{ result: R; failure: () => unknown }> {
    let failure: unknown
    const tx: DrizzleClient = {
      options,
      unsafe(text, parameters) {
        const refusal = broken ?? (hasEnded ? transactionEnded() : undefined)
        if (refusal) return refusedStatement(refusal)
        const statement = inOrder(text, parameters)
        statement.catch((error) => {
          failure ??= error
        })
        return statement
      },
      async savepoint(run) {
        const name = `s${savepoints++}`
        await tx.unsafe(`savepoint ${name}`)
        try {
          return (await scope(run)).result
        } catch (error) {
          await tx.unsafe(`rollback to ${name}`).catch(() => {})
          throw error
        }
      },
    }
    try {
      const result = await run(tx)
      if (failure) throw failure
      return { result, failure: () => failure }
    } catch (error) {
      throw isAborted(error) ? (failure ?? error) : error
    }
  }

  /** Ends the connection unless the server has answered that the transaction has ended. */
  async function end(how: 'commit' | 'rollback'): Promise<boolean> {
    hasEnded = true
    try {
      const { command } = (await inOrder(how)) as AnsweredQuery
      if (command === 'COMMIT' || command === 'ROLLBACK') return command === 'COMMIT'
      throw new Error(`${how} was answered with ${command}`)
    } catch (error) {
      if (how === 'rollback' || !isAnswer(error)) connection.lose(error)
      throw error
    }
  }

  try {
    const { result, failure } = await Promise.race([scope(run), breaking]).catch(async (error) => {
      await end('rollback').catch(() => {})
      throw error
    })
    const isCommitted = await end('commit')
    const error = broken ?? failure()
    if (error || !isCommitted) throw error ?? rolledBack()
    return result
  } finally {
    stopListening()
  }
}

/** `for update` only locks. A function may still write: it does so again when the transaction is repeated. */
const writing = /\b(insert|delete|merge|(?<!\bfor (no key )?)update|into)\b/i

const onlyReads = (text: string): boolean => /^\s*(select|with)\b/i.test(text) && !writing.test(text)

const transactionEnded = (): Error =>
  Object.assign(new Error('the transaction has ended'), { code: 'TRANSACTION_ENDED' })

const rolledBack = (): Error =>
  Object.assign(new Error('the transaction was rolled back'), { code: 'TRANSACTION_ROLLED_BACK' })
