import { MongoBinary } from 'mongodb-memory-server-core'

const [version, downloadDir] = process.argv.slice(2)
if (!version || !downloadDir) throw new Error('usage: download-process <version> <folder>')
try {
  process.stdout.write(await MongoBinary.getPath({ version, downloadDir, checkMD5: true }))
} catch (error) {
  // On one line: it becomes part of the sentence that explains why SecantusDB is used.
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(text.replace(/\s+/g, ' '))
  process.exitCode = 1
}
