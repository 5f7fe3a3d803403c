import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { buildPage } from '@saucery/web/build/build-page'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { perService, type ServiceName, serviceNames } from './service-ports.ts'

/** The built files. */
export interface Bundle {
  readonly services: Readonly<Record<ServiceName, string>>
  /** Loaded before each service. */
  readonly preload: string
  /** The folder with the page. */
  readonly page: string
}

/**
 * Bundles each service into one JavaScript file, and the page. A bundle starts in a quarter of the time that Node needs
 * to find and compile a service's several hundred modules; five services start at once, perhaps on two cores.
 */
export async function bundle(outdir: string): Promise<Bundle> {
  const source = (path: string) => join(root, 'packages', path)
  // Shared parts have names made of their content: older ones would never be overwritten.
  await rm(outdir, { recursive: true, force: true })
  const services = build({
    entryPoints: [
      ...serviceNames.map((name) => ({ in: source(`${name}/src/main.ts`), out: name })),
      { in: source(`local/src/system/${preload}.ts`), out: preload },
    ],
    outdir,
    ...forNode,
    logLevel: 'silent',
    // CommonJS packages in the bundle call `require` for Node's own modules.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [urlOfSource],
  })
  await Promise.all([services, buildPage(join(outdir, 'page'))])
  return bundleIn(outdir)
}

/** How sources are bundled for Node. */
export const forNode = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  sourcesContent: false,
} as const satisfies BuildOptions

/** The files of a bundle that was built there. */
export const bundleIn = (outdir: string): Bundle => ({
  services: perService((name) => builtIn(outdir, name)),
  preload: builtIn(outdir, preload),
  page: join(outdir, 'page'),
})

const preload = 'end-with-parent'
const builtIn = (outdir: string, name: string) => join(outdir, `${name}.mjs`)

/** A function, not a text: in a text `$$` would become `$`, in the middle of a path. */
export const withUrl = (source: string, path: string): string =>
  source.replaceAll('import.meta.url', () => JSON.stringify(pathToFileURL(path).href))

/** Gives each module the URL of its source, not of the bundle: a service finds its migrations by it. */
const urlOfSource: Plugin = {
  name: 'url-of-source',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { loader: 'ts', contents: withUrl(source, path) }
    })
  },
}
