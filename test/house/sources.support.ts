/** The project's own files, parsed, for rules about them. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { type ParseResult, parse } from '@babel/parser'
import { ROOT } from '../support/project.ts'

/** Any node of a syntax tree. */
export interface SyntaxNode {
  readonly type: string
  readonly loc: { readonly start: { readonly line: number } }
  readonly [key: string]: unknown
}

export interface Source {
  /** From the top of the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly nodes: readonly SyntaxNode[]
  readonly comments: readonly SyntaxNode[]
  /** What it imports, as written, type imports and `import()` included. */
  readonly imports: readonly string[]
}

/** Files below some folders with some ending, from the top of the project. */
export function filesOf(folders: readonly string[], ending: string): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        posix.join(folder, name),
      ),
    )
    .filter((path) => path.endsWith(ending) && !path.includes('/node_modules/'))
    .sort()
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

export function sourcesOf(...folders: string[]): Source[] {
  return filesOf(folders, '.ts').map((path) => sourceOf(path, readText(path)))
}

/** @param text may be any TypeScript, so that rules can be tried on what breaks them */
export function sourceOf(path: string, text: string): Source {
  const tree: ParseResult = parse(text, { sourceType: 'module', plugins: ['typescript'] })
  const nodes: SyntaxNode[] = []
  collect(tree.program, nodes)
  return {
    path,
    text,
    nodes,
    comments: (tree.comments ?? []) as unknown as SyntaxNode[],
    imports: nodes.flatMap((node) => importOf(node) ?? []),
  }
}

function importOf({ type, source, callee, arguments: values }: SyntaxNode): string | undefined {
  if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(type)) return (source as Literal | null)?.value
  const isImportCall = type === 'CallExpression' && (callee as SyntaxNode).type === 'Import'
  return isImportCall ? (values as Literal[])[0]?.value : undefined
}

type Literal = { value: string }

function collect(value: unknown, into: SyntaxNode[]): void {
  if (Array.isArray(value)) for (const item of value) collect(item, into)
  else if (typeof value === 'object' && value !== null && 'type' in value && 'loc' in value) {
    into.push(value as SyntaxNode)
    for (const [key, child] of Object.entries(value)) if (!key.endsWith('Comments')) collect(child, into)
  }
}

/** The project file that a relative import names; undefined for a package. */
export function importedFile({ path }: Source, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined
}

/** `path:line` of every node that fits. */
export function placesOf(sources: readonly Source[], fits: (node: SyntaxNode) => boolean): string[] {
  return sources.flatMap(({ path, nodes }) =>
    nodes.filter(fits).map((node) => `${path}:${node.loc.start.line}`),
  )
}
