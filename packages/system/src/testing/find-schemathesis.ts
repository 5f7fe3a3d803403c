import { type FindOptions, withDefaults } from '@saucery/servers/install/found'
import { installWheels } from '@saucery/servers/install/wheels'

const version = '4.32.5'
const leastPython = '3.11'

/** The fuzzer of OpenAPI documents from PyPI: how it is run, or why it cannot be. */
export async function findSchemathesis(
  options: FindOptions = {},
): Promise<{ file: string; args: string[]; env: NodeJS.ProcessEnv } | { missing: string }> {
  const settings = withDefaults(options)
  const wheels = { name: `schemathesis-${version}`, what: `schemathesis ${version}`, leastPython }
  const installed = await installWheels(wheels, settings)
  if (!installed) return { missing: `no Python ${leastPython} or later with pip on the PATH` }
  return {
    file: installed.python,
    args: ['-m', 'schemathesis.cli'],
    env: { ...settings.env, PYTHONPATH: installed.packages },
  }
}
