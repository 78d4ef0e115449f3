/** The parts of the benchmark: each runs in a process of its own, so that none warms or spoils another's code. */
import { limitOperations } from '../limits/limits.ts'
import type { Workbench } from '../measure/workbench.ts'
import { appendOperations } from '../operations/appends.ts'
import { fieldTypeOperations } from '../operations/field-types.ts'
import { fieldOperations } from '../operations/fields.ts'
import { growthOperations } from '../operations/growth.ts'
import { largeFileOperations } from '../operations/large-files.ts'
import { manyStoreOperations } from '../operations/many-stores.ts'
import { openingOperations } from '../operations/openings.ts'
import { scanOperations } from '../operations/scans.ts'
import { stringOperations } from '../operations/strings.ts'
import { wholeRecordOperations } from '../operations/whole-records.ts'
import { writerOperations } from '../operations/writers.ts'
import { throughputOperations } from '../processes/throughput.ts'

/** Those that give rows, in the order in which they are shown. */
export const PARTS: Readonly<Record<string, (bench: Workbench) => void | Promise<void>>> = {
  fields: fieldOperations,
  records: wholeRecordOperations,
  appends: appendOperations,
  strings: stringOperations,
  scans: scanOperations,
  stores: manyStoreOperations,
  openings: openingOperations,
  growth: growthOperations,
  large: largeFileOperations,
  types: fieldTypeOperations,
  writers: writerOperations,
  throughput: throughputOperations,
  limits: limitOperations,
}
