import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolders, workspaceRoot } from './sources.ts'

export interface Migration {
  /** Such as `order/0001_list-indexes`. */
  readonly name: string
  readonly sql: string
}

/** Every service's migrations, each service's in sequence. */
export function allMigrations(): Map<string, Migration[]> {
  const services = packageFolders().flatMap((folder) => {
    const path = join(workspaceRoot, folder, 'migrations')
    const files = readdirSync(join(workspaceRoot, folder)).includes('migrations')
      ? readdirSync(path).sort()
      : []
    const migrations = files
      .filter((file) => file.endsWith('.sql'))
      .map((file) => ({
        name: `${folder.replace('packages/', '')}/${file.replace('.sql', '')}`,
        sql: readFileSync(join(path, file), 'utf8'),
      }))
    return migrations.length > 0 ? [[folder, migrations] as const] : []
  })
  return new Map(services)
}

const reason = /^--\s*because: \S.{15,}$/im

/**
 * The statements that a service's previous version may not bear while it still runs, and after a rollback.
 *
 * One step may create tables with all that belongs to them, and add columns that are nullable or have a default. An
 * index on a table that exists locks its writes until it is built: migrations run in a transaction, where Postgres
 * cannot build it concurrently. Before such a statement, and before one that contracts (drops, renames, constrains)
 * what the previous version no longer uses, a comment says why it may be: `-- because: …`.
 */
export function unbearable(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ name, sql }) => {
    const created = new Set(
      [...sql.matchAll(/create table (?:if not exists )?"?(\w+)"?/gi)].map(([, table]) => table),
    )
    return sql
      .split(/;|--> statement-breakpoint/)
      .filter((statement) => statement.trim() !== '' && !reason.test(statement))
      .map((statement) =>
        statement
          .replace(/^\s*--.*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim(),
      )
      .filter((statement) => statement !== '' && !isBearable(statement, created))
      .map((statement) => `${name}: ${statement}`)
  })
}

function isBearable(statement: string, created: ReadonlySet<string | undefined>): boolean {
  if (/^create table /i.test(statement)) return true
  const table = /^(?:create (?:unique )?index .*? on|alter table(?: only)?) "?(\w+)"?/i.exec(statement)?.[1]
  if (created.has(table)) return true
  const added = /^alter table \S+ add column (.*)$/i.exec(statement)?.[1]
  if (added === undefined || /,\s*(add|drop|alter|rename) /i.test(added)) return false
  const constrains = /\b(references|unique|check|primary key|generated)\b/i.test(added)
  return !constrains && (!/\bnot null\b/i.test(added) || /\bdefault\b/i.test(added))
}
