/**
 * What the statements, and what reads their rows, rely on. A role, a database or a server may have other defaults:
 * with another DateStyle or TimeZone, for example, no stored time could be read.
 * (environment.int.test: "does not decide by the defaults of a role how a service reads and writes")
 *
 * As text: postgres.js leaves out a 0. Only what every version from 15 on knows, and every role may set: a connection
 * with an unknown setting is refused.
 */
export const sessionSettings: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  search_path: 'public',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  // What is committed is durable before its event is published.
  synchronous_commit: 'on',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  // The plan of a prepared statement is kept. Made while a table is small, it must not scan the table when it has grown.
  // (database.int.test: "keeps a plan that reads a table by its index, however much the table grows")
  plan_cache_mode: 'auto',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  // What no index can find seems expensive, so that it would be compiled, which takes longer than to find it.
  jit: 'off',
}
