/** What the names in a file stand for: field types may be imported plainly, renamed, or through a namespace. */
import { type FieldTypeName, isFieldTypeName } from '../../schema/field-types.ts'
import { type Declaration, declarationOf, type Statement, type TypeReferenceNode } from './syntax.ts'

type ImportNode = Extract<Statement, { type: 'ImportDeclaration' }>
type VariableNode = Extract<Statement, { type: 'VariableDeclaration' }>
type PatternNode = VariableNode['declarations'][number]['id']

/** A name bound at the top of the file: a name of mmapforge's, all of mmapforge, or something else. */
type Binding = { readonly imported: string } | 'namespace' | 'other'

export class AnnotationNames {
  readonly #bindings = new Map<string, Binding>()

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) {
      for (const [name, binding] of bindingsOf(declarationOf(statement))) {
        this.#bindings.set(name, this.#bindings.has(name) ? 'other' : binding)
      }
    }
  }

  /** The field type that a type's name stands for; undefined where it is not one. */
  fieldType(typeName: TypeReferenceNode['typeName']): FieldTypeName | undefined {
    const name = this.#nameInMmapforge(typeName)
    return name !== undefined && isFieldTypeName(name) ? name : undefined
  }

  /** Whether the file itself gives the name a meaning that is not mmapforge's. */
  isForeign(name: string): boolean {
    return this.#bindings.get(name) === 'other'
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
    return typeof binding === 'object' ? binding.imported : undefined
  }
}

function bindingsOf(declaration: Declaration): [string, Binding][] {
  switch (declaration.type) {
    case 'ImportDeclaration':
      return importBindings(declaration)
    case 'TSImportEqualsDeclaration': {
      const { id, moduleReference } = declaration
      const isNamespace =
        moduleReference.type === 'TSExternalModuleReference' && isMmapforge(moduleReference.expression.value)
      return [[id.name, isNamespace ? 'namespace' : 'other']]
    }
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) => patternNames(id)).map((name) => [name, 'other'])
    default:
      return 'id' in declaration && declaration.id?.type === 'Identifier'
        ? [[declaration.id.name, 'other']]
        : []
  }
}

function importBindings({ source, specifiers }: ImportNode): [string, Binding][] {
  return specifiers.map((specifier) => {
    const local = specifier.local.name
    if (!isMmapforge(source.value)) return [local, 'other']
    if (specifier.type === 'ImportNamespaceSpecifier') return [local, 'namespace']
    if (specifier.type === 'ImportDefaultSpecifier') return [local, 'other']
    const { imported } = specifier
    return [local, { imported: imported.type === 'Identifier' ? imported.name : imported.value }]
  })
}

/** The package's own name, and how Deno writes it. */
function isMmapforge(specifier: string): boolean {
  return specifier === 'mmapforge' || /^npm:\/?mmapforge(@[^/]*)?$/.test(specifier)
}

function patternNames(pattern: PatternNode | { type: string }): string[] {
  const node = pattern as PatternNode
  switch (node.type) {
    case 'Identifier':
      return [node.name]
    case 'AssignmentPattern':
      return patternNames(node.left)
    case 'RestElement':
      return patternNames(node.argument)
    case 'ArrayPattern':
      return node.elements.flatMap((element) => (element === null ? [] : patternNames(element)))
    case 'ObjectPattern':
      return node.properties.flatMap((property) =>
        patternNames(property.type === 'RestElement' ? property.argument : property.value),
      )
    default:
      return []
  }
}
