/** How a rule of the house is tested: it holds for the project, and it finds what breaks it. */
import { expect, it } from 'vitest'
import type { Source } from './sources.support.ts'

/** Expects no offenders among the project's sources, and one in each of some bad ones. */
export function rule(
  name: string,
  sources: readonly Source[],
  find: (sources: readonly Source[]) => readonly string[],
  ...bad: readonly Source[]
): void {
  it(name, () => {
    for (const each of bad) expect(find([each]), each.path).toHaveLength(1)
    expect(find(sources)).toEqual([])
  })
}
