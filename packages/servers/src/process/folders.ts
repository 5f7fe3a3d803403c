import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder, and returns its real path: through a symbolic link a start has to recognise what runs on it. Other
 * accounts may pass through what root makes, whatever its umask: Postgres runs as one of them.
 * (environment.int.test: "a folder that root's umask closes: …")
 */
export async function makeFolder(folder: string): Promise<string> {
  const first = (await mkdir(folder, { recursive: true })) ?? folder
  if (process.getuid?.() === 0)
    for (let path = folder; path.length >= first.length; path = dirname(path))
      await chmod(path, (await stat(path)).mode | 0o111)
  return realpath(folder)
}
