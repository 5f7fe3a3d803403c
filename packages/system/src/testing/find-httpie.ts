import { type FindOptions, withDefaults } from '@saucery/servers/install/found'
import { installWheels } from '@saucery/servers/install/wheels'

const version = '3.2.4'

/** HTTPie from PyPI: how it is run, or undefined without a Python that has pip. */
export async function findHttpie(
  options: FindOptions = {},
): Promise<{ file: string; args: string[]; packages: string } | undefined> {
  const settings = withDefaults(options)
  const wheels = { name: `httpie-${version}`, what: `HTTPie ${version}` }
  const installed = await installWheels(wheels, settings)
  return installed && { file: installed.python, args: ['-m', 'httpie'], packages: installed.packages }
}
