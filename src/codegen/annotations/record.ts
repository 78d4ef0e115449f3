/** One annotated interface: reads its fields, and rejects what an interface may have but a record can't. */
import { MmapForgeError } from '../../errors.ts'
import { layoutOf } from '../../schema/layout.ts'
import { makeSchema, type Schema, type SchemaField, schemaFaults } from '../../schema/schema.ts'
import type { AnnotationComments, Before } from './attach.ts'
import type { AnnotationComment } from './comment.ts'
import type { AnnotationReport } from './report.ts'
import { endOf, type InterfaceNode, type MemberNode, type PropertyNode, startOf } from './syntax.ts'
import { FIELD_TAG, readFileName, readVersion } from './tags.ts'
import { quote, readType, type TypeContext } from './type.ts'

export interface RecordContext extends TypeContext {
  readonly comments: AnnotationComments
}

interface LocatedField {
  readonly field: SchemaField
  readonly offset: number
}

/** Why a record can't have each kind of member; the message then says what to do. */
const MEMBER_FAULTS: Readonly<Record<Exclude<MemberNode['type'], 'TSPropertySignature'>, string>> = {
  TSMethodSignature: 'a method',
  TSCallSignatureDeclaration: 'a call signature',
  TSConstructSignatureDeclaration: 'a construct signature',
  TSIndexSignature: 'an index signature',
}

/** Makes the schema of an annotated interface. If it has faults, reports them and returns undefined. */
export function readRecord(
  node: InterfaceNode,
  { tags, doc }: AnnotationComment,
  context: RecordContext,
): Schema | undefined {
  const version = readVersion(tags, context.report)
  checkHeading(node, context)
  const members = node.body.body
  const fields = members.flatMap((member, index) => {
    const previous = members[index - 1]
    const offset = previous === undefined ? startOf(node.body) : endOf(previous)
    return readMember(member, { previous, offset }, context) ?? []
  })
  if (fields.length === 0 && members.length > 0) return undefined
  // A bad version has been reported already; a substitute lets the faults of the fields be reported as well.
  const record = { name: node.id.name, version: version ?? 0, ...docOf(doc) }
  return checkRecord(record, fields, { node, report: context.report })
}

function checkHeading(node: InterfaceNode, { source, report }: RecordContext): void {
  const [parent] = node.extends ?? []
  if (parent !== undefined && parent !== null) {
    report.add(
      startOf(parent),
      `a record can't extend ${quote(parent, source)}: its layout must not depend on other files; write the fields out`,
    )
  }
  const [parameter] = node.typeParameters?.params ?? []
  if (parameter !== undefined) {
    report.add(
      startOf(parameter),
      `a record can't have type parameters; remove ${quote(node.typeParameters ?? {}, source)}`,
    )
  }
}

function readMember(member: MemberNode, before: Before, context: RecordContext): LocatedField | undefined {
  // The comment is claimed whatever the member is, so that its tags aren't reported as misplaced too.
  const comment = context.comments.claim(FIELD_TAG, [member], before)
  if (member.type === 'TSPropertySignature') return readField(member, comment, context)
  const isAccessor = member.type === 'TSMethodSignature' && member.kind !== 'method'
  const what = isAccessor ? `a ${member.kind}ter` : MEMBER_FAULTS[member.type]
  context.report.add(
    startOf(member),
    `a record has fields alone, not ${what}; write a property such as price: float64`,
  )
  return undefined
}

function readField(
  node: PropertyNode,
  { tags, doc }: AnnotationComment,
  context: RecordContext,
): LocatedField | undefined {
  const { report, source } = context
  const offset = startOf(node.key)
  const fileName = readFileName(tags, report)
  const property = propertyName(node)
  if (property === undefined) {
    report.add(offset, `a field's name must be an identifier, not ${quote(node.key, source)}`)
  }
  if (node.optional) {
    report.add(
      offset,
      `a field can't be optional, every record has it; remove the ? of ${quote(node.key, source)}`,
    )
  }
  if (!node.typeAnnotation) {
    report.add(offset, `the field ${quote(node.key, source)} has no type; write one, such as float64`)
  }
  const type = node.typeAnnotation && readType(node.typeAnnotation.typeAnnotation, context)
  if (!type || property === undefined) return undefined
  return { field: { property, name: fileName ?? property, ...type, ...docOf(doc) }, offset }
}

/** The schema checks whether the name is an identifier. */
function propertyName({ key, computed }: PropertyNode): string | undefined {
  if (computed) return undefined
  if (key.type === 'Identifier') return key.name
  return key.type === 'StringLiteral' ? key.value : undefined
}

/** Checks the schema, and reports every fault. */
function checkRecord(
  record: Omit<Schema, 'fields'>,
  located: readonly LocatedField[],
  { node, report }: { node: InterfaceNode; report: AnnotationReport },
): Schema | undefined {
  const schema = { ...record, fields: located.map(({ field }) => field) }
  const faults = [...schemaFaults(schema)]
  for (const { fault, index } of faults) {
    report.add(
      index === undefined ? startOf(node.id) : (located[index] as LocatedField).offset,
      fault.message,
    )
  }
  if (faults.some(({ index }) => index === undefined)) return undefined
  const faulty = new Set(faults.map(({ index }) => index))
  const sound = { ...schema, fields: schema.fields.filter((_, index) => !faulty.has(index)) }
  try {
    layoutOf(sound)
  } catch (error) {
    if (!(error instanceof MmapForgeError)) throw error
    report.add(startOf(node.id), error.message)
    return undefined
  }
  return faults.length === 0 ? makeSchema(schema) : undefined
}

function docOf(doc: string): { doc?: string } {
  return doc === '' ? {} : { doc }
}
