import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '@saucery/servers/install/folders'
import { build, type Plugin } from 'esbuild'
import { forNode } from '../system/bundle.ts'

export interface BundledSources extends AsyncDisposable {
  /** One for each group, in their order, also when they are sorted. */
  readonly files: readonly string[]
}

/**
 * Bundles each group of files with the workspace's modules that they import. To find and compile these one by one takes
 * longer than most tests do, in each of many processes.
 * @param groups files relative to the workspace's root; one file runs all of a group
 */
export async function bundleSources(groups: readonly (readonly string[])[]): Promise<BundledSources> {
  const data = join(root, '.data')
  await mkdir(data, { recursive: true })
  // Inside the workspace: a test may resolve a library that the workspace's root has.
  const outdir = await mkdtemp(join(data, 'tests-'))
  const remove = () => rm(outdir, { recursive: true, force: true })
  // Node's test runner sorts the files that it is given.
  const names = groups.map(([first = ''], i) => join(String(i).padStart(4, '0'), first.replace(/\.ts$/, '')))
  await build({
    entryPoints: names.map((out, i) => ({ in: `group:${i}`, out })),
    outdir,
    ...forNode,
    logLevel: 'error',
    // Libraries are found as Node finds them.
    mainFields: ['main'],
    conditions: [],
    define: { 'import.meta.url': 'urlOfThisModule' },
    plugins: [groupsIn(groups), ownUrls, librariesOutside],
  }).catch(async (error) => {
    await remove()
    throw error
  })
  return {
    files: names.map((name) => join(outdir, `${name}.mjs`)),
    [Symbol.asyncDispose]: remove,
  }
}

/** The module of each group, which imports its files. */
const groupsIn = (groups: readonly (readonly string[])[]): Plugin => ({
  name: 'groups',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^group:/ }, ({ path }) => ({
      path: path.slice('group:'.length),
      namespace: 'group',
    }))
    onLoad({ filter: /.*/, namespace: 'group' }, ({ path }) => ({
      contents: (groups[Number(path)] ?? [])
        .map((file) => `import ${JSON.stringify(join(root, file))}`)
        .join('\n'),
      resolveDir: root,
    }))
  },
})

/** Gives each module the URL of its source: it finds files beside it. */
const ownUrls: Plugin = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      const url = `const urlOfThisModule = ${JSON.stringify(pathToFileURL(path).href)};`
      return { loader: path.endsWith('x') ? 'tsx' : 'ts', contents: url + (await readFile(path, 'utf8')) }
    })
  },
}

/** Not bundled: what a library does when it is loaded stays in the order of the imports. */
const librariesOutside: Plugin = {
  name: 'libraries-outside',
  setup({ onResolve, resolve }) {
    const seen = {}
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, pluginData, ...from }) => {
      if (kind === 'entry-point' || pluginData === seen || /^(@saucery\/|node:)/.test(path)) return undefined
      const { importer, resolveDir } = from
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: seen })
      return found.errors.length > 0 ? found : { path: pathToFileURL(found.path).href, external: true }
    })
  },
}
