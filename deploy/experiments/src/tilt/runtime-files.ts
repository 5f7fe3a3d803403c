import { root } from '@saucery/servers/install/folders'
import { build } from 'esbuild'

/**
 * The sources that a program loads, as paths in the repository. Files of which it imports only types are none of them.
 * @param entry its first file, as a path in the repository
 */
export async function runtimeFiles(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'dist',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'error',
  })
  return Object.keys(metafile.inputs).filter((path) => /^packages\/[^.]*\.tsx?$/.test(path))
}
