/** The syntax tree of an annotated file, and the parser's options. */
import { isBuiltInError } from '../../errors.ts'
import { type ParserOptions, type ParserPlugin, parse } from './parser.ts'
import type { AnnotationReport } from './report.ts'

export type SyntaxTree = ReturnType<typeof parse>
export type Statement = SyntaxTree['program']['body'][number]
export type InterfaceNode = Extract<Statement, { type: 'TSInterfaceDeclaration' }>
export type MemberNode = InterfaceNode['body']['body'][number]
export type PropertyNode = Extract<MemberNode, { type: 'TSPropertySignature' }>
export type TypeNode = NonNullable<PropertyNode['typeAnnotation']>['typeAnnotation']
export type TypeReferenceNode = Extract<TypeNode, { type: 'TSTypeReference' }>
export type CommentNode = NonNullable<SyntaxTree['comments']>[number]

/** The parser's types make offsets optional, for trees built by hand; a parsed tree has them all. */
export function startOf(node: { start?: number | null | undefined }): number {
  return node.start ?? 0
}

export function endOf(node: { end?: number | null | undefined }): number {
  return node.end ?? 0
}

interface Fault {
  readonly offset: number
  readonly message: string
}

/** TypeScript accepts the decorators of both proposals; the parser handles one proposal at a time. */
const DECORATOR_PLUGINS = ['decorators-legacy', 'decorators'] as const satisfies readonly ParserPlugin[]

/**
 * Parses a file. If it is not TypeScript, reports the faults and returns undefined. The parser takes linear time, except
 * for two shapes that nobody writes: thousands of block comments on one line, and `<A>(<B>(…` nested some twenty deep.
 */
export function parseSyntax(source: string, file: string, report: AnnotationReport): SyntaxTree | undefined {
  let furthest: Fault[] = []
  for (const decorators of DECORATOR_PLUGINS) {
    const { tree, faults } = attempt(source, optionsFor(file, decorators))
    if (tree !== undefined && faults.length === 0) return tree
    // The dialect that got further understood more of the file, so its error helps more.
    if (firstOffset(faults) > firstOffset(furthest)) furthest = faults
  }
  for (const { offset, message } of furthest) report.add(offset, message)
  return undefined
}

function optionsFor(file: string, decorators: (typeof DECORATOR_PLUGINS)[number]): ParserOptions {
  return {
    sourceType: 'module',
    errorRecovery: true,
    // attach.ts assigns the comments: the parser's own way takes quadratic time.
    attachComment: false,
    allowUndeclaredExports: true,
    createImportExpressions: true,
    plugins: [
      ['typescript', { dts: /\.d\.[cm]?ts$/.test(file) }],
      ...([decorators, 'decoratorAutoAccessors', 'deferredImportEvaluation'] as const),
    ],
  }
}

function attempt(source: string, options: ParserOptions): { tree?: SyntaxTree; faults: Fault[] } {
  try {
    const tree = parse(source, options)
    return { tree, faults: (tree.errors ?? []).map(faultOf) }
  } catch (error) {
    if (isBuiltInError(error, 'RangeError')) return { faults: [tooDeep(source)] }
    if (!isBuiltInError(error, 'SyntaxError')) throw error
    return { faults: [faultOf(error as SyntaxError & { pos?: number })] }
  }
}

/** The parser recurses into each level until the stack overflows. This is an estimate: it counts brackets in strings too. */
function tooDeep(source: string): Fault {
  let [depth, deepest, offset] = [0, 0, 0]
  for (let i = 0; i < source.length; i++) {
    if ('([{'.includes(source.charAt(i))) depth++
    else if (')]}'.includes(source.charAt(i))) depth--
    if (depth > deepest) [deepest, offset] = [depth, i]
  }
  return { offset, message: 'too deeply nested to be parsed; name the inner parts, and move them out' }
}

/** The parser appends a position counted from 0 to its messages; ours counts from 1 and comes first. */
function faultOf({ message, pos }: { message?: string; pos?: number }): Fault {
  return { offset: pos ?? 0, message: `syntax error: ${(message ?? '').replace(/ \(\d+:\d+\)$/, '')}` }
}

function firstOffset(faults: readonly Fault[]): number {
  return faults.reduce((least, { offset }) => Math.min(least, offset), faults[0]?.offset ?? -1)
}

type Export = Extract<Statement, { type: 'ExportNamedDeclaration' | 'ExportDefaultDeclaration' }>
export type Declaration = Statement | NonNullable<Export['declaration']>

/** The declaration that an export statement wraps, or the statement itself. */
export function declarationOf(statement: Statement): Declaration {
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration'
  return (isExport && statement.declaration) || statement
}
