import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { usersConf, usersFile } from './nats-users-file.ts'

it('is up to date in the repository; `pnpm deploy:nats` writes it', () => {
  assert.equal(readFileSync(usersFile, 'utf8'), usersConf())
})

it('holds no password', () => {
  for (const [, password] of usersConf().matchAll(/^ *password: (.*)$/gm))
    assert.match(String(password), /^\$NATS_[A-Z]+_PASSWORD$/)
})
