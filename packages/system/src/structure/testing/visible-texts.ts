import ts from 'typescript'

/** Attributes of elements, and those of our own components, that people read or hear. */
const read = new Set([
  'alt',
  'aria-label',
  'caption',
  'empty',
  'label',
  'placeholder',
  'summary',
  'title',
  'what',
])

/** Attributes whose keys are: of a table's columns, and of details. */
const keyed = new Set(['columns', 'of'])

/** The texts with letters that a component shows: between tags, in expressions there, and in attributes that are read. */
export function visibleTexts(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) found.push(node.text.trim())
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) found.push(...resultsOf(node.expression))
    if (ts.isJsxAttribute(node) && read.has(node.name.getText())) found.push(...valuesOf(node.initializer))
    if (ts.isJsxAttribute(node) && keyed.has(node.name.getText())) found.push(...keysOf(node.initializer))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found.filter((it) => /\p{L}/u.test(it))
}

const valuesOf = (value: ts.JsxAttribute['initializer']): string[] =>
  value && ts.isJsxExpression(value) ? resultsOf(value.expression) : resultsOf(value as ts.Expression)

function keysOf(value: ts.JsxAttribute['initializer']): string[] {
  const object = value && ts.isJsxExpression(value) ? value.expression : undefined
  if (!object || !ts.isObjectLiteralExpression(object)) return []
  return object.properties.flatMap(({ name }) =>
    name && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? [name.text] : [],
  )
}

/** The texts that an expression may become: not what it compares, nor what it calls a function with. */
function resultsOf(expression: ts.Expression | undefined): string[] {
  if (!expression) return []
  if (ts.isStringLiteralLike(expression)) return [expression.text]
  if (ts.isParenthesizedExpression(expression)) return resultsOf(expression.expression)
  if (ts.isConditionalExpression(expression))
    return [...resultsOf(expression.whenTrue), ...resultsOf(expression.whenFalse)]
  if (ts.isBinaryExpression(expression)) return resultsOfBoth(expression)
  if (!ts.isTemplateExpression(expression)) return []
  const { head, templateSpans } = expression
  return [head.text, ...templateSpans.flatMap((span) => [...resultsOf(span.expression), span.literal.text])]
}

const joining = new Set([
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.PlusToken,
])

const resultsOfBoth = ({ left, operatorToken, right }: ts.BinaryExpression): string[] => {
  if (operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) return resultsOf(right)
  return joining.has(operatorToken.kind) ? [...resultsOf(left), ...resultsOf(right)] : []
}
