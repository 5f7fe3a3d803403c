import { connectTo, type OpsConnection, type OpsConnectionOptions } from '../connect/connection.ts'
import { exitCodeOf, textOf } from '../connect/exit-codes.ts'

/** Makes the handler of a command: it runs on the system that the options name, and its failure is the exit code. */
export function onSystem<Given>(
  work: (connection: OpsConnection, given: Given & OpsConnectionOptions) => Promise<void>,
): (given: Given & OpsConnectionOptions) => Promise<void> {
  return async (given) => {
    let url = given.url ?? ''
    try {
      const connection = await connectTo(given)
      url = connection.url
      await work(connection, given)
    } catch (error) {
      process.stderr.write(`${textOf(error, url)}\n`)
      process.exitCode = exitCodeOf(error)
    }
  }
}
