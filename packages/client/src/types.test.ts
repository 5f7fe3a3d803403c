import assert from 'node:assert/strict'
import { exec } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'

const cwd = fileURLToPath(new URL('..', import.meta.url))

it('the types of the API are those of the OpenAPI document', async () => {
  const { scripts } = JSON.parse(await readFile(`${cwd}package.json`, 'utf8'))
  const env = { ...process.env, PATH: `${cwd}node_modules/.bin:${process.env.PATH}` }
  const code = await new Promise((resolve) => {
    exec(`${scripts.types} --check`, { cwd, env }).on('exit', resolve)
  })
  assert.equal(code, 0, 'run: pnpm --filter @saucery/client types')
})
