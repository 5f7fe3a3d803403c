import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Where } from './choice.ts'
import { isAtLeast } from './programs.ts'
import { findPython } from './python.ts'
import { installWheels, pinned } from './wheels.ts'

const version = '4.32.5'
const leastPython = '3.11'

/** The fuzzer of OpenAPI documents from PyPI: how it is run, or why it cannot be. */
export async function findSchemathesis({
  tools,
  say,
  env = process.env,
}: Where): Promise<{ file: string; args: string[]; env: NodeJS.ProcessEnv } | { missing: string }> {
  const python = await findPython(env)
  const requirements = pinned(`schemathesis-${version}`)
  if (!python || !requirements || !isAtLeast(python.version, leastPython))
    return { missing: `no Python ${leastPython} or later with pip on the PATH` }
  const folder = join(tools, `schemathesis-${version}-${python.tag}`)
  if (!existsSync(folder)) say(`Downloading schemathesis ${version} from PyPI …`)
  const packages = await installWheels(python, requirements, folder)
  return { file: python.file, args: ['-m', 'schemathesis.cli'], env: { ...env, PYTHONPATH: packages } }
}
