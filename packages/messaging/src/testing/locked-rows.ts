import postgres from 'postgres'

/**
 * Locks rows as an operator's open transaction would, until it is released.
 * @param rows what follows `select from`: the table, and which of its rows
 */
export async function lockRows(url: string, rows: string) {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  const session = await client.reserve()
  await session`begin`
  const { count } = await session.unsafe(`select from ${rows} for update`)
  if (count === 0) throw new Error(`there is no row in ${rows}`)
  const release = () => session`rollback`
  return {
    release,
    async [Symbol.asyncDispose]() {
      await release()
      session.release()
      await client.end()
    },
  }
}

/** For the condition of a statement. */
export const inList = (ids: readonly string[]) => `in (${ids.map((id) => `'${id}'`).join(', ')})`
