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
  const settings = withDefaults(options)
  const python = await findPython(settings.env)
  const requirements = pinnedRequirements(`schemathesis-${version}`)
  if (!python || !requirements || !isAtLeast(python.version, leastPython))
    return { missing: `no Python ${leastPython} or later with pip on the PATH` }
  const folder = `schemathesis-${version}-${python.tag}`
  const packages = await installWheels(python, requirements, folder, `schemathesis ${version}`, settings)
  return {
    file: python.file,
    args: ['-m', 'schemathesis.cli'],
    env: { ...settings.env, PYTHONPATH: packages },
  }
}
