/** The two annotations: `@mmapforge version=1` on a record, `@mmap file_name` on a field. */
import { MAX_VERSION } from '../../schema/schema.ts'
import type { AnnotationTag } from './comment.ts'
import type { AnnotationReport } from './report.ts'

export const RECORD_TAG = '@mmapforge'
export const FIELD_TAG = '@mmap'

/** Whether a comment was meant to annotate a record, even by a misspelt tag such as `@mmapForge`. */
export function isRecordAnnotation(tags: readonly AnnotationTag[]): boolean {
  return tags.some(({ name }) => name.toLowerCase().startsWith(RECORD_TAG))
}

/** The version in a record's annotation. If there is none, reports the fault and returns undefined. */
export function readVersion(tags: readonly AnnotationTag[], report: AnnotationReport): number | undefined {
  const [tag, second] = tagsNamed(RECORD_TAG, tags, report)
  if (tag === undefined) return undefined
  if (second !== undefined) {
    report.add(second.offset, `${RECORD_TAG} stands twice; leave one`)
    return undefined
  }
  const fault = versionFault(tag.words)
  if (fault === undefined) return Number(tag.words[0]?.slice('version='.length))
  report.add(tag.offset, fault)
  return undefined
}

function versionFault(words: readonly string[]): string | undefined {
  const unknown = words.find((word) => !word.startsWith('version='))
  if (unknown !== undefined) {
    return `${RECORD_TAG} knows nothing of "${unknown}"; write ${RECORD_TAG} version=1, and text on a line of its own`
  }
  const [setting, ...repeated] = words
  if (setting === undefined) return `${RECORD_TAG} needs the schema's version; write ${RECORD_TAG} version=1`
  if (repeated.length > 0) return 'version is given twice; leave one'
  const text = setting.slice('version='.length)
  if (/^\d+$/.test(text) && Number(text) <= MAX_VERSION) return undefined
  return `the version must be an integer from 0 to ${MAX_VERSION}, not "${text}"`
}

/** The field's name in the file, if a tag gives one; undefined if there is no tag, or a faulty one. */
export function readFileName(tags: readonly AnnotationTag[], report: AnnotationReport): string | undefined {
  const [tag, second] = tagsNamed(FIELD_TAG, tags, report)
  if (second !== undefined)
    report.add(second.offset, `${FIELD_TAG} stands twice; a field has one name in the file`)
  if (tag === undefined) return undefined
  if (tag.words.length === 1) return tag.words[0]
  const given = tag.words.length === 0 ? 'none' : `"${tag.words.join(' ')}"`
  report.add(
    tag.offset,
    `${FIELD_TAG} takes one name, the field's in the file, not ${given}; write ${FIELD_TAG} file_name`,
  )
  return undefined
}

/** The tags of one name; any others are misspelt or misplaced, and are reported. */
function tagsNamed(
  wanted: string,
  tags: readonly AnnotationTag[],
  report: AnnotationReport,
): readonly AnnotationTag[] {
  for (const { name, offset } of tags) {
    if (name !== wanted) report.add(offset, misplaced(name, wanted))
  }
  return tags.filter(({ name }) => name === wanted)
}

function misplaced(name: string, wanted: string): string {
  if (name === FIELD_TAG) return `${FIELD_TAG} names a field in the file; write it in the comment of a field`
  if (name === RECORD_TAG) return `${RECORD_TAG} describes a record; write it in the comment of an interface`
  return `unknown annotation ${name}; here only ${wanted} is known`
}
