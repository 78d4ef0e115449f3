/** Libraries with a fault put in on purpose, to show that the faults find it. Each takes away one thing that failing rests on. */
import { UndoStack } from '../../src/os/undo.ts'
import { FileHandle } from '../../src/region/file-handle.ts'
import { MappedRegion } from '../../src/region/mapped-region.ts'

const MUTANTS: Readonly<Record<string, () => void>> = {
  /** Of three steps that are to be undone it forgets one. */
  forgetful: () => {
    const { push } = UndoStack.prototype
    let count = 0
    UndoStack.prototype.push = function (step) {
      if (++count % 3 !== 0) push.call(this, step)
    }
  },
  /** Undoing ends at the first step that fails. */
  faint: () => {
    const { push } = UndoStack.prototype
    const faint = new WeakSet<UndoStack>()
    UndoStack.prototype.push = function (step) {
      push.call(this, () => {
        if (faint.has(this)) return
        faint.add(this)
        step()
        faint.delete(this)
      })
    }
  },
  /** Files stay open for as long as they can be reached. */
  keeping: () => {
    FileHandle.prototype.close = () => undefined
  },
  /** A failed sync is forgotten at once. */
  forgiving: () => {
    const { sync } = MappedRegion.prototype
    MappedRegion.prototype.sync = function () {
      try {
        sync.call(this)
      } catch {
        // So it seems that all is well.
      }
    }
  },
}

export const MUTANT_NAMES = Object.keys(MUTANTS)

export function becomeMutant(name: string): void {
  MUTANTS[name]?.()
}
