import { posix } from 'node:path'

/** A declaration, by the module that has it and its name. */
type Declarations = ReadonlyMap<string, string>

interface Module {
  readonly declarations: Declarations
  /** Where the names are from that it imports, or passes on. */
  readonly imports: ReadonlyMap<string, { module: string; name: string }>
  /** Names of other modules that it exports. */
  readonly passedOn: readonly string[]
}

/**
 * What the users of a package can see: each exported declaration of its public modules, and of its other modules what
 * those mention. In the order of modules and names, without comments, so that it changes with the API alone.
 * @param files the text of each `.d.ts`, without comments, by its path from the package's root without the ending
 * @param publicModules paths likewise
 */
export function apiReport(files: ReadonlyMap<string, string>, publicModules: readonly string[]): string {
  const modules = new Map([...files].map(([path, text]) => [path, parsed(path, text)]))
  const shown = new Map<string, string>()
  const isPublic = new Set(publicModules)

  function show(path: string, name: string): void {
    const module = modules.get(path)
    const imported = module?.imports.get(name)
    if (imported) {
      show(imported.module, imported.name)
      return
    }
    const key = `${isPublic.has(path) ? '' : '(internal) '}${path} ${name}`
    const text = module?.declarations.get(name)
    if (!module || text === undefined || shown.has(key)) return
    shown.set(key, text)
    for (const [, from = '', other = ''] of text.matchAll(/import\("([^"]+)"\)\.(\w+)/g))
      show(resolved(path, from), other)
    for (const mentioned of new Set(text.match(/[A-Za-z_$][\w$]*/g)))
      if (mentioned !== name) show(path, mentioned)
  }

  for (const path of publicModules) {
    const module = modules.get(path)
    if (!module) throw new Error(`${path} is public, and there is no such module`)
    for (const [name, text] of module.declarations) if (/^export /.test(text)) show(path, name)
    for (const name of module.passedOn) {
      const from = module.imports.get(name)
      shown.set(`${path} ${name}`, `export { ${from?.name} as ${name} } from '${from?.module}'`)
      show(path, name)
    }
  }
  return [...shown]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `// ${key}\n${text}\n`)
    .join('\n')
}

function parsed(path: string, text: string): Module {
  const declarations = new Map<string, string>()
  const imports = new Map<string, { module: string; name: string }>()
  const passedOn: string[] = []
  // Whatever begins a line without a blank begins a statement, except what closes one.
  for (const statement of text.split(/^(?=[\w])/m)) {
    const passing = /^(import|export)(?: type)? \{([^}]*)\} from ['"](\.[^'"]+)['"]/.exec(statement)
    if (passing) {
      const [, how, names = '', from = ''] = passing
      for (const part of names.split(',')) {
        const [name = '', as = name] = part
          .trim()
          .replace(/^type /, '')
          .split(' as ')
        imports.set(as, { module: resolved(path, from), name })
        if (how === 'export') passedOn.push(as)
      }
      continue
    }
    const named =
      /^(?:export )?(?:declare )?(?:abstract )?(?:class|const|function|interface|type|let) (\w+)/.exec(
        statement,
      )
    const name = named?.[1]
    if (name) declarations.set(name, (declarations.get(name) ?? '') + statement.trimEnd())
  }
  return { declarations, imports, passedOn }
}

const resolved = (path: string, from: string): string =>
  posix.join(posix.dirname(path), from).replace(/(\.d)?\.[jt]s$/, '')
