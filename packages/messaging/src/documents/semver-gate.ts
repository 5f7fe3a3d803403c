/** How an API report differs from an earlier one; the larger one counts. */
export type ApiChange = 'none' | 'addition' | 'break'

interface Release {
  readonly version: string
  readonly report: string
}

const declarationsIn = (report: string): Map<string, string> =>
  new Map(
    report
      .split(/^\/\/ /m)
      .slice(1)
      .map((text) => {
        const [name = '', ...lines] = text.trim().split('\n')
        return [name, lines.join('\n')]
      }),
  )

/**
 * Only what is new, and optional members that are new, are additions. All else may break someone: it is not asked whether
 * a changed type accepts what the old one did.
 */
export function apiChange(before: string, after: string): ApiChange {
  const [old, now] = [declarationsIn(before), declarationsIn(after)]
  let change: ApiChange = [...now.keys()].some((name) => !old.has(name)) ? 'addition' : 'none'
  for (const [name, text] of old) {
    const other = now.get(name)
    if (other === text) continue
    if (other === undefined || !onlyAddsOptional(text, other)) return 'break'
    change = 'addition'
  }
  return change
}

function onlyAddsOptional(before: string, after: string): boolean {
  const old = before.split('\n')
  for (const line of after.split('\n'))
    if (line === old[0]) old.shift()
    else if (!/^ +(readonly )?\w+\?: .*;$/.test(line)) return false
  return old.length === 0
}

/**
 * What is wrong with a version, in words for who releases it; empty if nothing is.
 * @param last the last one that was released
 */
export function semverFindings(
  last: Release | undefined,
  next: Release & { readonly changelog: string; readonly tag?: string | undefined },
): string[] {
  const findings: string[] = []
  const version = numbersOf(next.version)
  if (!version) return [`version ${next.version} is not three numbers`]
  if (next.tag !== undefined && next.tag !== `messaging-v${next.version}`)
    findings.push(`the tag is ${next.tag}, and the version of package.json ${next.version}`)
  const change = last ? apiChange(last.report, next.report) : 'none'
  const isReleased = last?.version === next.version
  if (isReleased && change === 'none' && next.tag === undefined) return findings
  const before = last && numbersOf(last.version)
  if (before) {
    const needed = neededVersion(before, change)
    if (isEarlier(version, needed))
      findings.push(
        `the API has ${change === 'none' ? 'no change' : `an ${change === 'break' ? 'incompatible change' : 'addition'}`} since ${last.version}: the version must be ${needed.join('.')} at least, and is ${next.version}`,
      )
  }
  const entry = new RegExp(`^## ${next.version.replaceAll('.', '\\.')}$\\n+(?!## )\\S`, 'm')
  if (!entry.test(next.changelog)) findings.push(`CHANGELOG.md says nothing about ${next.version}`)
  return findings
}

type Version = readonly [major: number, minor: number, patch: number]

function numbersOf(version: string): Version | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? []
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

/** Below 1.0.0 the minor version takes the place of the major one. */
function neededVersion([major, minor, patch]: Version, change: ApiChange): Version {
  if (change === 'break') return major > 0 ? [major + 1, 0, 0] : [0, minor + 1, 0]
  if (change === 'addition' && major > 0) return [major, minor + 1, 0]
  return [major, minor, patch + 1]
}

function isEarlier(a: Version, b: Version): boolean {
  for (const [i, number] of a.entries()) if (number !== b[i]) return number < Number(b[i])
  return false
}
