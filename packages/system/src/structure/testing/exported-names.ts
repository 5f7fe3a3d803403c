import ts from 'typescript'

/** The names that a module declares and exports. What it passes on from another module is that module's. */
export function exportedNames(file: string, text: string): string[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const imported = new Set(statements.filter(ts.isImportDeclaration).flatMap(importedNames))
  return [...new Set(statements.flatMap((statement) => namesOf(statement, imported)))]
}

function namesOf(statement: ts.Statement, imported: ReadonlySet<string>): string[] {
  if (ts.isExportDeclaration(statement)) return namesOfList(statement, imported)
  if (!ts.canHaveModifiers(statement) || !isExported(statement)) return []
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
  const { name } = statement as ts.Statement & { name?: ts.Identifier }
  return name ? [name.text] : []
}

const isExported = (statement: ts.HasModifiers) =>
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false

/** `export const { a, b: [c] } = …` is the names a and c. */
const boundNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))

/** `export { a, b as c }` */
function namesOfList(
  { moduleSpecifier, exportClause }: ts.ExportDeclaration,
  imported: ReadonlySet<string>,
): string[] {
  if (moduleSpecifier || !exportClause || !ts.isNamedExports(exportClause)) return []
  return exportClause.elements
    .filter(({ name, propertyName }) => !imported.has((propertyName ?? name).text))
    .map(({ name }) => name.text)
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings
  const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : bindings ? [bindings] : []
  return [importClause?.name, ...named.map(({ name }) => name)].flatMap((name) => (name ? [name.text] : []))
}
