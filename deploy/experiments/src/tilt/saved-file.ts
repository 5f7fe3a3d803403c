import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '@saucery/servers/install/folders'

/** How a program writes: into the file, or another file that takes its place, as editors do. */
export type Manner = 'in place' | 'replaced'

export interface Edit {
  /** A path in the repository. */
  readonly file: string
  /** A line that is put first. The rest of a service's first file never runs: it waits for the stop. */
  readonly line: string
  readonly manner: Manner
}

/** A line with which every answer of a service has this header. */
export const headerLine = (header: string, value: string): string =>
  `import { ServerResponse as Saved } from 'node:http'; { const { writeHead } = Saved.prototype; ` +
  `Saved.prototype.writeHead = function (this: InstanceType<typeof Saved>, ...head: any[]) ` +
  `{ this.setHeader('${header}', '${value}'); return writeHead.apply(this, head as any) } as any }\n`

/** A line with which the page's script contains the text. */
export const pageLine = (text: string): string => `Object.assign(globalThis, { saved: '${text}' })\n`

/** Saves sources, and can give each its former content back. */
export function openSources() {
  const before = new Map<string, string>()
  async function write(file: string, content: string, manner: Manner): Promise<void> {
    const path = join(root, file)
    if (manner === 'in place') return writeFile(path, content)
    await writeFile(`${path}~`, content)
    await rename(`${path}~`, path)
  }
  return {
    async save({ file, line, manner }: Edit): Promise<void> {
      const content = before.get(file) ?? (await readFile(join(root, file), 'utf8'))
      before.set(file, content)
      await write(file, line + content, manner)
    },
    async restore(): Promise<void> {
      for (const [file, content] of before) await write(file, content, 'in place')
      before.clear()
    },
  }
}
