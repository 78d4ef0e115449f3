/** Resolves the names in a file: field types may be imported by name, renamed, or through a namespace. */
import { show } from '../../errors.ts'
import { type FieldTypeName, isFieldTypeName } from '../../schema/field-types.ts'
import { type Declaration, declarationOf, type Statement, type TypeReferenceNode } from './syntax.ts'

type ImportNode = Extract<Statement, { type: 'ImportDeclaration' }>
type VariableNode = Extract<Statement, { type: 'VariableDeclaration' }>
type PatternNode = VariableNode['declarations'][number]['id']

/** A name bound at the top level: an export of mmapforge, its namespace, or something else, with what to say of it. */
type Binding = { readonly imported: string } | 'namespace' | { readonly fault: string }

const ANOTHER_NAME = "and is not mmapforge's; import mmapforge's under another name"
const DECLARED: Binding = { fault: `is declared in this file ${ANOTHER_NAME}` }

export class AnnotationNames {
  readonly #bindings = new Map<string, Binding>()

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      for (const [name, binding] of bindingsOf(declarationOf(statement))) {
        this.#bindings.set(name, this.#bindings.has(name) ? DECLARED : binding)
      }
    }
  }

  /** The field type that a type's name resolves to; undefined if it is none. */
  fieldType(typeName: TypeReferenceNode['typeName']): FieldTypeName | undefined {
    const name = this.#nameInMmapforge(typeName)
    return name !== undefined && isFieldTypeName(name) ? name : undefined
  }

  /** Why a name that the file binds is not mmapforge's, as the end of a sentence; undefined for unknown names. */
  foreignFault(name: string): string | undefined {
    const binding = this.#bindings.get(name)
    return typeof binding === 'object' && 'fault' in binding ? binding.fault : undefined
  }

  #nameInMmapforge(typeName: TypeReferenceNode['typeName']): string | undefined {
    if (typeName.type === 'TSQualifiedName') {
      const { left, right } = typeName
      const isNamespace = left.type === 'Identifier' && this.#bindings.get(left.name) === 'namespace'
      return isNamespace ? right.name : undefined
    }
    if (typeName.type !== 'Identifier') return undefined
    const binding = this.#bindings.get(typeName.name)
    if (binding === undefined) return typeName.name
    return typeof binding === 'object' && 'imported' in binding ? binding.imported : undefined
  }
}

function bindingsOf(declaration: Declaration): [string, Binding][] {
  switch (declaration.type) {
    case 'ImportDeclaration':
      return importBindings(declaration)
    case 'TSImportEqualsDeclaration': {
      const { id, moduleReference } = declaration
      if (moduleReference.type !== 'TSExternalModuleReference') return [[id.name, DECLARED]]
      const module = moduleReference.expression.value
      return [[id.name, isMmapforge(module) ? 'namespace' : importedFrom(module)]]
    }
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) => patternNames(id)).map((name) => [name, DECLARED])
    default:
      return 'id' in declaration && declaration.id?.type === 'Identifier'
        ? [[declaration.id.name, DECLARED]]
        : []
  }
}

function importBindings({ source, specifiers }: ImportNode): [string, Binding][] {
  return specifiers.map((specifier) => {
    const local = specifier.local.name
    if (!isMmapforge(source.value)) return [local, importedFrom(source.value)]
    if (specifier.type === 'ImportNamespaceSpecifier') return [local, 'namespace']
    if (specifier.type === 'ImportDefaultSpecifier') return [local, withoutBraces(local)]
    const { imported } = specifier
    return [local, { imported: imported.type === 'Identifier' ? imported.name : imported.value }]
  })
}

function importedFrom(module: string): Binding {
  return { fault: `is imported from ${show(module)} ${ANOTHER_NAME}` }
}

function withoutBraces(name: string): Binding {
  return { fault: `is imported without braces; write import type { ${name} } from 'mmapforge'` }
}

/** The package's name, and its specifier in Deno. */
function isMmapforge(specifier: string): boolean {
  return specifier === 'mmapforge' || /^npm:\/?mmapforge(@[^/]*)?$/.test(specifier)
}

/** The names that a destructuring pattern binds, at any depth. */
function patternNames(pattern: PatternNode): string[] {
  const names: string[] = []
  const pending: { readonly type: string }[] = [pattern]
  for (const each of pending) {
    const node = each as PatternNode
    if (node.type === 'Identifier') names.push(node.name)
    else for (const part of partsOf(node)) if (part !== null) pending.push(part)
  }
  return names
}

function partsOf(node: PatternNode): readonly ({ readonly type: string } | null)[] {
  switch (node.type) {
    case 'AssignmentPattern':
      return [node.left]
    case 'RestElement':
      return [node.argument]
    case 'ArrayPattern':
      return node.elements
    case 'ObjectPattern':
      return node.properties.map((property) => (property.type === 'RestElement' ? property : property.value))
    default:
      return []
  }
}
