import { closeSync, openSync } from 'node:fs'

// Loaded before each service. Its standard input closes when the process that started it is gone, also after kill -9.
// (start.int.test: "leaves no service behind when it is killed")
process.stdin.resume().once('end', () => {
  // Nothing reads the output any more, and at exit the log would try for ever to write its last line.
  for (const output of [1, 2]) {
    closeSync(output)
    // The new file takes the number that was closed: it is the lowest free one.
    openSync('/dev/null', 'w')
  }
  process.kill(process.pid, 'SIGTERM')
})
process.stdin.unref()
