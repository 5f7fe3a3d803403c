import { closeSync, openSync } from 'node:fs'

// Loaded before a service: when its standard input closes, whoever started it is gone, also after kill -9.
// (start.int.test: "leaves no service behind when it is killed")
process.stdin.resume().once('end', () => {
  // Nobody reads its output any more, and at its exit the log would try for ever to write its last line.
  for (const output of [1, 2]) {
    closeSync(output)
    // A new file gets the lowest number that is free.
    openSync('/dev/null', 'w')
  }
  process.kill(process.pid, 'SIGTERM')
})
process.stdin.unref()
