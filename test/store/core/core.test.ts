/** The core suite against generated classes, those compiled at run time, and those made of closures. */

import { IMPLEMENTATIONS } from '../support/implementations.ts'
import { describeCore } from './core.suite.ts'

for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
  for (const path of ['file', ':memory:'] as const) describeCore({ name, path, make })
}
