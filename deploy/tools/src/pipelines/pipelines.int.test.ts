import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { root } from '@saucery/servers/install/folders'
import { runOrFail } from '@saucery/servers/process/run'
import { parse } from 'yaml'
import { images, sourcesOf } from '../images/changed-images.ts'
import { dependenciesOf } from '../images/workspace.ts'
import { goTool } from '../testing/go-tool.ts'

const filesIn = (folder: string) => readdirSync(join(root, folder)).map((name) => join(root, folder, name))
const workflows = filesIn('.github/workflows')
const pipelines = filesIn('.azure')
const all = [...workflows, ...pipelines].map((file) => readFileSync(file, 'utf8')).join('\n')

it('has workflows without a finding of actionlint', async () => {
  const actionlint = await goTool('actionlint', 'github.com/rhysd/actionlint/cmd/actionlint', 'v1.7.8')
  await runOrFail(actionlint, workflows, { cwd: root })
})

it('runs scripts of this repository that exist', () => {
  const { scripts, packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  assert.equal(packageManager, undefined, 'the pipelines choose the version of pnpm')
  const called = [...all.matchAll(/pnpm@12\.21\.0 (?:--silent )?([\w:-]+)/g)].map(([, name]) => String(name))
  assert.ok(called.length > 5, 'some are called')
  for (const name of called) assert.ok(scripts[name], `package.json has no script ${name}`)
  for (const [file] of all.matchAll(/\bdeploy\/\w+\.sh/g)) assert.ok(existsSync(join(root, file)), file)
})

it('pins actions of others to a commit, because a tag can be moved', () => {
  const used = [...all.matchAll(/uses: (\S+)/g)].map(([, action]) => String(action))
  assert.ok(used.length > 5, 'some are used')
  for (const action of used) assert.match(action, /^\.\/|@[\da-f]{40}$/)
})

it('downloads programs of others at a version that their checksum, or that of Go, belongs to', () => {
  const downloads = all.split(/\bcurl /).slice(1)
  assert.ok(downloads.length > 0, 'some are downloaded')
  for (const rest of downloads)
    assert.match(rest, /^(?:.*\\\n)*.*\n +echo "\$\w+_SHA256 .*" \| sha256sum --check\n/, 'unchecked')
  for (const [, version] of all.matchAll(/go install "?[^@\s]+@([^\s"]+)/g)) {
    const [, value = version] = new RegExp(`^ *${version?.slice(1)}: (.*)$`, 'm').exec(all) ?? []
    assert.match(String(value), /^v\d+\.\d+\.\d+$/)
  }
})

it('ends what hangs, and no two runs of a workflow disturb each other', () => {
  for (const file of workflows) {
    const { on, concurrency, jobs } = parse(readFileSync(file, 'utf8')) as {
      on: object
      concurrency?: { group: string; 'cancel-in-progress'?: unknown }
      jobs: Record<string, { uses?: string; 'timeout-minutes'?: number }>
    }
    if (!('workflow_call' in on)) assert.ok(concurrency?.group, file)
    // A new commit of a pull request ends the run of the one before.
    if ('pull_request' in on) assert.ok(concurrency?.['cancel-in-progress'], file)
    for (const [name, { uses, 'timeout-minutes': minutes = 0 }] of Object.entries(jobs))
      assert.ok(uses || (minutes > 0 && minutes <= 60), `${file}: ${name}`)
  }
})

it('lets a job write only where it runs for main or a release alone, and gives each only what it names', () => {
  type Permissions = Record<string, string>
  type Job = { if?: string; permissions?: Permissions }
  const writers: string[] = []
  for (const file of workflows) {
    const { on, permissions, jobs } = parse(readFileSync(file, 'utf8')) as {
      on: object
      permissions?: Permissions
      jobs: Record<string, Job>
    }
    // What is only called by others has the permissions of the job that calls it.
    if ('workflow_call' in on) assert.equal(permissions, undefined, file)
    else assert.deepEqual({ contents: 'read', ...permissions }, { contents: 'read' }, file)
    for (const [name, job] of Object.entries(jobs)) {
      if (!Object.values(job.permissions ?? {}).includes('write')) continue
      writers.push(name)
      const forMain = /^github\.ref == 'refs\/heads\/main'( &&|$)/
      const forRelease = /^startsWith\(github\.ref, 'refs\/tags\/messaging-v'\)$/
      assert.match(String(job.if), name === 'publish' ? forRelease : forMain, `${file}: ${name}`)
    }
  }
  assert.deepEqual(new Set(writers), new Set(['pin', 'publish', 'push']))
})

it('deploys what is on main and green, and pushes images with provenance and a bill of materials', () => {
  const deploy = readFileSync(join(root, '.github/workflows/deploy.yaml'), 'utf8')
  assert.ok(
    deploy.indexOf('require-green.sh') < deploy.indexOf('secrets.KUBECONFIG'),
    'before the cluster is reached',
  )
  assert.ok(deploy.includes('require-green.sh'), 'the commit is checked')
  const image = readFileSync(join(root, '.github/workflows/image.yaml'), 'utf8')
  assert.match(image, /--attest type=provenance,mode=max --attest type=sbom,.*\n +--push /)
  assert.ok(
    image.indexOf('--exit-code 1') < image.indexOf('--push '),
    'an image is scanned before it is pushed',
  )
})

it('publishes the package after its tests on each Node, from main, with provenance and without a token', () => {
  const publish = readFileSync(join(root, '.github/workflows/publish.yaml'), 'utf8')
  const { jobs } = parse(publish) as {
    jobs: Record<string, { needs?: string; uses?: string; permissions: object }>
  }
  const { publish: job } = jobs
  assert.ok(job)
  assert.equal(jobs[String(job.needs)]?.uses, './.github/workflows/package.yaml')
  assert.deepEqual(job.permissions, { contents: 'read', 'id-token': 'write' })
  const steps = [
    'merge-base --is-ancestor HEAD origin/main',
    'release:check',
    ' pack-messaging ',
    ' publish .* --provenance',
  ]
  const at = steps.map((step) => publish.search(new RegExp(`^ +(run: )?.*${step}`, 'm')))
  assert.deepEqual(
    at,
    [...at].sort((a, b) => a - b),
  )
  assert.ok(at.every((place) => place > 0))
  assert.doesNotMatch(publish, /secrets\.|_TOKEN/)
  const tested = readFileSync(join(root, '.github/workflows/package.yaml'), 'utf8')
  assert.match(tested, /node: \[20, 22, 24\]/)
})

it('leaves no token behind after a checkout', () => {
  const checkouts = all.split('uses: actions/checkout@').slice(1)
  for (const rest of checkouts)
    assert.match(rest, /^[^\n]*\n +with:\n +persist-credentials: false\n/, 'a checkout keeps its token')
  assert.doesNotMatch(all, /docker\.sock/)
})

it('fails with a failing command', () => {
  assert.doesNotMatch(all, /echo .*\$\(npx/)
})

it('has a pipeline for each image that starts when one of its sources changes', () => {
  for (const image of images) {
    const {
      trigger,
      pr,
      extends: extended,
    } = parse(readFileSync(join(root, '.azure', `${image}.yml`), 'utf8'))
    assert.equal(extended.parameters.service, image)
    assert.equal(pr, 'none', 'all six would start for every pull request')
    assert.deepEqual(trigger.paths.include, sourcesOf(image, dependenciesOf))
  }
})
