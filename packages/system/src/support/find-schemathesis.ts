import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type FindOptions, withDefaults } from '@saucery/servers/install/found'
import { findPython } from '@saucery/servers/install/python'
import { installWheels, pinnedRequirements } from '@saucery/servers/install/wheels'
import { isAtLeast } from '@saucery/servers/process/programs'

const version = '4.32.5'
const leastPython = '3.11'

/** The fuzzer of OpenAPI documents from PyPI: how it is run, or why it cannot be. */
export async function findSchemathesis(
  options: FindOptions = {},
): Promise<{ file: string; args: string[]; env: NodeJS.ProcessEnv } | { missing: string }> {
  const { tools, print, env } = withDefaults(options)
  const python = await findPython(env)
  const requirements = pinnedRequirements(`schemathesis-${version}`)
  if (!python || !requirements || !isAtLeast(python.version, leastPython))
    return { missing: `no Python ${leastPython} or later with pip on the PATH` }
  const folder = join(tools, `schemathesis-${version}-${python.tag}`)
  if (!existsSync(folder)) print(`Downloading schemathesis ${version} from PyPI …`)
  const packages = await installWheels(python, requirements, folder)
  return { file: python.file, args: ['-m', 'schemathesis.cli'], env: { ...env, PYTHONPATH: packages } }
}
