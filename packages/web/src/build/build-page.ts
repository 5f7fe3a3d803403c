import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'
import { choreographyTable, eventNames } from './choreography-table.ts'

const source = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

/**
 * Builds the page into the folder: `index.html` and its files in `assets/`, which are named after their content. Each
 * has compressed copies, so that the gateway compresses nothing.
 */
export async function buildPage(outdir: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [
      { in: source('main.tsx'), out: 'app' },
      { in: source('style.css'), out: 'app' },
    ],
    outdir: join(outdir, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    // The first versions that support light-dark() in CSS and AbortSignal.any().
    target: ['chrome123', 'firefox124', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    define: {
      CHOREOGRAPHY: JSON.stringify(choreographyTable),
      EVENT_NAMES: JSON.stringify(eventNames),
    },
    logLevel: 'silent',
  })
  // Files of earlier builds have other names, and would stay.
  await rm(outdir, { recursive: true, force: true })
  await mkdir(join(outdir, 'assets'), { recursive: true })
  let page = await readFile(source('index.html'), 'utf8')
  for (const { path } of outputFiles)
    page = page.replace(`main${extname(path)}`, relative(outdir, path).replaceAll('\\', '/'))
  await Promise.all([
    ...outputFiles.map(({ path, contents }) => writeCompressed(path, contents)),
    writeCompressed(join(outdir, 'index.html'), Buffer.from(page)),
    copyFile(source('favicon.svg'), join(outdir, 'favicon.svg')),
  ])
}

async function writeCompressed(path: string, contents: Uint8Array): Promise<void> {
  const brotli = await promisify(brotliCompress)(contents, {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
  })
  await Promise.all([
    writeFile(path, contents),
    writeFile(`${path}.br`, brotli),
    writeFile(`${path}.gz`, await promisify(gzip)(contents, { level: 9 })),
  ])
}
