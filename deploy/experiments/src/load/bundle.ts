import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A script of this folder with everything that it imports, as one ES module for a pod's Node. */
export async function bundleScript(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // For dependencies that are CommonJS.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire('/')" },
  })
  return outputFiles[0]?.text ?? ''
}
