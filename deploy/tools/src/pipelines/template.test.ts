import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { parse } from 'yaml'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const json = (file: string) => JSON.parse(read(file))

it('asks in each form of an issue for at least one thing, by fields that GitHub knows', () => {
  const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name.endsWith('.yaml'))
  assert.ok(forms.length > 1)
  for (const form of forms) {
    const { name, description, body } = parse(read(`.github/ISSUE_TEMPLATE/${form}`))
    assert.ok(name && description, form)
    assert.ok(body.some((field: { validations?: { required?: boolean } }) => field.validations?.required))
    for (const { type, id, attributes } of body) {
      assert.match(type, /^(textarea|input|dropdown|checkboxes|markdown)$/)
      assert.ok(id && attributes.label, form)
    }
  }
})

it('develops on the Node of the images, and shows the port of the page', () => {
  const { image, forwardPorts } = json('.devcontainer/devcontainer.json')
  const [, major] = /^FROM node:(\d+)\./m.exec(read('Dockerfile')) ?? []
  assert.match(image, new RegExp(`:${major}-`))
  assert.deepEqual(forwardPorts, [8088])
})

it('leaves the drivers alone that own code was written for', () => {
  const { packageRules } = json('.github/renovate.json')
  const held = packageRules.find(
    ({ matchPackageNames }: { matchPackageNames?: string[] }) => matchPackageNames,
  )
  assert.equal(held.enabled, false)
  const { dependencies } = json('packages/messaging/package.json')
  for (const name of held.matchPackageNames) assert.match(dependencies[name], /^\d/, `${name} is not pinned`)
  for (const [file] of held.description.matchAll(/packages\/\S+\.ts/g))
    assert.ok(existsSync(join(root, file)), file)
})
