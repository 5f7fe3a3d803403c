import { MongoBinary } from 'mongodb-memory-server-core'

const [version, downloadDir] = process.argv.slice(2)
if (!version || !downloadDir) throw new Error('usage: download-mongod-process <version> <folder>')
try {
  process.stdout.write(await MongoBinary.getPath({ version, downloadDir, checkMD5: true }))
} catch (error) {
  // One line: it becomes a part of the sentence that says why SecantusDB was chosen.
  const text = error instanceof Error ? error.message : String(error)
  process.stderr.write(text.replace(/\s+/g, ' '))
  process.exitCode = 1
}
