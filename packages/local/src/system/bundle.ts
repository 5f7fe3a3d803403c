import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { buildPage } from '@saucery/web/build/build-page'
import { build, type Plugin } from 'esbuild'
import { type ServiceName, serviceNames } from './service-ports.ts'

/** Where the JavaScript files are: each service's, and the one that is loaded before it. */
export interface Bundle {
  readonly services: Readonly<Record<ServiceName, string>>
  readonly preload: string
  /** The folder with the page. */
  readonly page: string
}

/**
 * Makes one JavaScript file of each service. It starts in a quarter of the time that the service's several hundred
 * modules take to be found and compiled one by one, and five services start at once on what may be two cores. The page
 * is built beside them.
 */
export async function bundle(outdir: string): Promise<Bundle> {
  const preload = 'end-with-parent'
  const source = (path: string) => join(root, 'packages', path)
  // Shared parts are named after their content: older ones would stay for ever.
  await rm(outdir, { recursive: true, force: true })
  const page = join(outdir, 'page')
  const pageBuilt = buildPage(page)
  pageBuilt.catch(() => {})
  await build({
    entryPoints: [
      ...serviceNames.map((name) => ({ in: source(`${name}/src/main.ts`), out: name })),
      { in: source(`local/src/system/${preload}.ts`), out: preload },
    ],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
    // CommonJS packages inside call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [urlOfSource],
  })
  const made = (name: string) => join(outdir, `${name}.mjs`)
  const services = Object.fromEntries(serviceNames.map((name) => [name, made(name)])) as Bundle['services']
  await pageBuilt
  return { services, preload: made(preload), page }
}

/** A service finds its migrations beside its source, so each module keeps the URL of its source. */
const urlOfSource: Plugin = {
  name: 'url-of-source',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const url = JSON.stringify(pathToFileURL(path).href)
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', url) }
    })
  },
}
