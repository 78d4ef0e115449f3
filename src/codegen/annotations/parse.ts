/** The code generator's front end: turns annotated interfaces into schemas. */
import type { Schema } from '../../schema/schema.ts'
import { AnnotationComments } from './attach.ts'
import { AnnotationNames } from './names.ts'
import { readRecord } from './record.ts'
import { AnnotationReport, countUpTo } from './report.ts'
import {
  type Declaration,
  declarationOf,
  endOf,
  type InterfaceNode,
  parseSyntax,
  type Statement,
  type SyntaxTree,
  startOf,
} from './syntax.ts'
import { FIELD_TAG, isRecordAnnotation, RECORD_TAG } from './tags.ts'

/**
 * Reads the annotated interfaces of a TypeScript file, in source order.
 *
 * @param source the text of the file
 * @param file its name, for messages
 * @throws {AnnotationError} `ERR_INVALID_SCHEMA` with every fault and its position
 */
export function parseAnnotated(source: string, file: string): Schema[] {
  // A byte order mark is no part of the text: with it the columns of the first line would be off by one.
  const text = source.startsWith('\ufeff') ? source.slice(1) : source
  const report = new AnnotationReport(text, file)
  const tree = parseSyntax(text, file, report)
  const schemas = tree === undefined ? [] : readRecords(text, tree, report)
  if (schemas.length === 0 && report.isEmpty) {
    report.add(
      0,
      `no annotated interface; write /** ${RECORD_TAG} version=1 */ before the interface of a record`,
    )
  }
  report.throwIfAny()
  return schemas
}

function readRecords(source: string, tree: SyntaxTree, report: AnnotationReport): Schema[] {
  const statements = tree.program.body
  const comments = new AnnotationComments(tree, report)
  const context = { source, report, comments, names: new AnnotationNames(statements) }
  const records: InterfaceNode[] = []
  const top = tree.program.directives.at(-1)
  const schemas = statements.flatMap((statement, index) => {
    const node = declarationOf(statement)
    if (node.type !== 'TSInterfaceDeclaration') return []
    const nodes = node === statement ? [node] : [statement, node]
    const previous = statements[index - 1]
    const comment = comments.claim(RECORD_TAG, nodes, { previous, offset: endOf(previous ?? top ?? {}) })
    if (!isRecordAnnotation(comment.tags)) return []
    records.push(node)
    return readRecord(node, comment, context) ?? []
  })
  reportMerging(statements, records, report)
  reportLostTags(comments, records, report)
  return schemas
}

/** TypeScript would merge the two declarations into one type, with fields that the record lacks. */
function reportMerging(
  statements: readonly Statement[],
  records: readonly InterfaceNode[],
  report: AnnotationReport,
): void {
  const names = new Set(records.map(({ id }) => id.name))
  const seen = new Set<string>()
  for (const { id } of statements.map(declarationOf).filter(isMergeable)) {
    if (id === null || id === undefined || !names.has(id.name)) continue
    if (seen.has(id.name)) {
      report.add(
        startOf(id),
        `${id.name} is declared twice, and a record can't be merged; rename one of the two`,
      )
    }
    seen.add(id.name)
  }
}

function isMergeable(
  node: Declaration,
): node is Extract<Declaration, { type: 'TSInterfaceDeclaration' | 'ClassDeclaration' }> {
  return node.type === 'TSInterfaceDeclaration' || node.type === 'ClassDeclaration'
}

/** A misplaced annotation must not be ignored: that would silently change the format of the file. */
function reportLostTags(
  comments: AnnotationComments,
  records: readonly InterfaceNode[],
  report: AnnotationReport,
): void {
  const starts = records.map(startOf)
  for (const { name, offset } of comments.unclaimedTags()) {
    if (name === RECORD_TAG) {
      report.add(
        offset,
        `${name} describes no record; write it in a /** */ comment before an interface at the top of the file`,
      )
    }
    const record = records[countUpTo(starts, offset) - 1]
    if (name === FIELD_TAG && record !== undefined && offset < endOf(record)) {
      report.add(offset, `${name} names no field; write it in a /** */ comment before the field`)
    }
  }
}
