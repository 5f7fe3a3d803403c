import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { apiReport } from './api-report.ts'
import { apiChange, semverFindings } from './semver-gate.ts'

const report = (...declarations: string[]) =>
  declarations.map((text, i) => `// m name${i}\n${text}\n`).join('\n')
const options = (...members: string[]) =>
  ['interface Options {', ...members.map((it) => `    ${it}`), '}'].join('\n')
const url = 'readonly url: string;'

describe('the API has', () => {
  const one = report(options(url))
  const rows: [what: string, after: string, change: string][] = [
    ['no change', one, 'none'],
    ['a new declaration', report(options(url), 'export declare const a: 1;'), 'addition'],
    ['a new optional member', report(options(url, 'readonly name?: string;')), 'addition'],
    ['a new member that is needed', report(options(url, 'readonly name: string;')), 'break'],
    ['a member that is gone', report(options()), 'break'],
    ['another type of a member', report(options('readonly url: URL;')), 'break'],
    ['a declaration that is gone', '', 'break'],
  ]
  for (const [what, after, change] of rows) it(what, () => assert.equal(apiChange(one, after), change))
})

describe('a version is refused', () => {
  const reports = { none: report(options(url)), addition: report(options(url), 'const a: 1;'), break: '' }
  const rows: [last: string, change: keyof typeof reports, lowest: string, tooLow: string][] = [
    ['0.3.1', 'none', '0.3.2', '0.3.0'],
    ['0.3.1', 'addition', '0.3.2', '0.3.1'],
    ['0.3.1', 'break', '0.4.0', '0.3.9'],
    ['1.3.1', 'addition', '1.4.0', '1.3.2'],
    ['1.3.1', 'break', '2.0.0', '1.9.9'],
  ]
  for (const [last, change, lowest, tooLow] of rows)
    it(`below ${lowest}, after ${last} and with ${change === 'none' ? 'no change' : `a ${change}`}`, () => {
      const findings = (version: string) =>
        semverFindings(
          { version: last, report: reports.none },
          { version, report: reports[change], changelog: `# Changelog\n\n## ${version}\n\nWhat changed.\n` },
        )
      assert.deepEqual(findings(lowest), [])
      assert.match(findings(tooLow).join(), new RegExp(`must be ${lowest.replaceAll('.', '\\.')} at least`))
    })

  const next = { version: '0.1.0', report: '', changelog: '## 0.1.0\n\nThe first.\n' }
  it('without an entry in the changelog', () => {
    assert.deepEqual(semverFindings(undefined, next), [])
    for (const changelog of ['', '## 0.1.0\n', '## 0.1.0\n\n## 0.0.9\n\nBefore.\n', '## 0.1.01\n\nOther.\n'])
      assert.match(semverFindings(undefined, { ...next, changelog }).join(), /says nothing about 0\.1\.0/)
  })

  it('under the tag of another one, and when it is released again', () => {
    assert.deepEqual(semverFindings(undefined, { ...next, tag: 'messaging-v0.1.0' }), [])
    assert.match(semverFindings(undefined, { ...next, tag: 'messaging-v0.2.0' }).join(), /the tag is/)
    assert.match(semverFindings(next, { ...next, tag: 'messaging-v0.1.0' }).join(), /must be 0\.1\.1/)
    assert.match(semverFindings(undefined, { ...next, version: '0.1.0-beta' }).join(), /not three numbers/)
  })

  it('not while it is the released one and the API has not changed', () => {
    assert.deepEqual(semverFindings(next, { ...next, changelog: '' }), [])
  })
})

describe('the API report', () => {
  const files = new Map([
    [
      'a',
      "import { type B as Other } from './in/b.ts';\nexport interface A {\n    b: Other;\n}\ninterface Unseen {\n}\n",
    ],
    ['in/b', 'export type B = C | import("../d.ts").D;\ntype C = 1;\nexport type Unused = 2;\n'],
    ['d', 'export declare class D {\n    e(): void;\n}\n'],
  ])

  it('shows what is public, and of the rest what that mentions', () => {
    const names = [...apiReport(files, ['a']).matchAll(/^\/\/ (.*)$/gm)].map(([, name]) => name)
    assert.deepEqual(names, ['(internal) d D', '(internal) in/b B', '(internal) in/b C', 'a A'])
  })

  it('shows that a module passes on the name of another', () => {
    const passing = new Map([...files, ['a', "export type { B } from './in/b.ts';\n"]])
    assert.match(apiReport(passing, ['a']), /^\/\/ a B\nexport \{ B as B \} from 'in\/b'$/m)
    assert.throws(() => apiReport(files, ['gone']), /no such module/)
  })
})
