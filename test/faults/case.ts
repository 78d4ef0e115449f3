/** One act with one call that fails, and everything that must be so afterwards. */
import { faultsOfError, textOf } from './judge-error.ts'
import { heldBeyond, NOTHING, namesIn, type Resources, resourcesOf, surplus } from './resources.ts'
import type { Scenario } from './scenarios.ts'
import { type Fault, newReport, type Report, type Seam } from './seam.ts'
import { ALONE, differenceFrom, RowStore, type Rows, Stage } from './stage.ts'

/** What a store may leave beside itself. */
const SIDECARS = ['.mmf', '.lock', '.schema.json', '.wake']

export interface Verdict {
  readonly report: Report
  /** Whether the act threw. */
  readonly hasThrown: boolean
  /** What must not be; empty where all is well. */
  readonly violations: readonly string[]
}

export async function tryCase(
  seam: Seam,
  folder: string,
  scenario: Scenario,
  fault: Fault | undefined,
): Promise<Verdict> {
  const stage = new Stage(folder)
  const trial = new Trial(seam, stage, scenario, fault)
  try {
    await trial.run()
  } catch (error) {
    trial.blame(`what came afterwards threw ${textOf(error)}`)
  } finally {
    for (const store of [stage.subject, ...stage.others]) closeQuietly(store)
    stage.clear()
  }
  return { report: trial.report, hasThrown: trial.error !== undefined, violations: trial.violations }
}

class Trial {
  readonly report = newReport()
  readonly violations: string[] = []
  error: unknown
  readonly #seam: Seam
  readonly #stage: Stage
  readonly #scenario: Scenario
  readonly #fault: Fault | undefined

  constructor(seam: Seam, stage: Stage, scenario: Scenario, fault: Fault | undefined) {
    this.#seam = seam
    this.#stage = stage
    this.#scenario = scenario
    this.#fault = fault
  }

  blame(what: string): void {
    this.violations.push(what)
  }

  async run(): Promise<void> {
    const stage = this.#stage
    const { kind } = this.#scenario
    this.#scenario.prepare(stage)
    const asBefore = stage.isIdle ? namesIn(stage.folder) : this.#look()
    const before = stage.before ?? asBefore
    this.error = await this.#act()
    for (const misdeed of this.report.misdeeds) this.blame(misdeed)
    if (this.error !== undefined) {
      const { folder } = stage
      this.violations.push(
        ...faultsOfError(this.error, { folder, fault: this.#fault, refusal: this.#scenario.refusal }),
      )
    }
    this.#judgeOutcome()
    if (kind === 'opening') await this.#afterOpening(asBefore)
    else if (kind === 'using') await this.#afterUse()
    this.#closeSubject()
    this.#judgeLeftovers(before, asBefore)
    this.#closeOthers()
    this.#reopen()
  }

  #look(): Resources {
    return resourcesOf(this.#stage.folder)
  }

  async #act(): Promise<unknown> {
    const { act, lacking = {}, isAsync = false } = this.#scenario
    try {
      await this.#seam.during(this.report, { fault: this.#fault, lacking, isAsync }, () => act(this.#stage))
    } catch (error) {
      return error
    }
    return undefined
  }

  // ---- what is left of it

  #judgeOutcome(): void {
    const { refusal, isSync = false } = this.#scenario
    if (this.error === undefined) {
      if (refusal !== undefined) this.blame(`it did what is to be refused with ${refusal}`)
      if (isSync && this.report.isSyncFailed) this.blame('it says that all is synced, though the sync failed')
    } else if (this.#fault === undefined && (this.error as { code?: string }).code !== refusal) {
      this.blame(`it threw without a fault: ${textOf(this.error)}`)
    }
  }

  async #afterOpening(before: Resources): Promise<void> {
    const stage = this.#stage
    const { act, refusal } = this.#scenario
    if (this.error === undefined) return this.#checkSubject()
    if (stage.subject !== undefined) this.blame('it threw, but gave a store')
    const after = this.#look()
    this.#judgeHeld(before, after)
    for (const name of surplus(before.names, after.names)) {
      if (!this.#isExcused(name)) this.blame(`it left ${name}`)
    }
    for (const name of surplus(after.names, before.names)) {
      // The journal goes once what it was kept for is mended, and litter goes where a store is made.
      const isDue = /\.(creating|journal)$/.test(name) || !before.names.includes('store.mmf')
      if (!isDue) this.blame(`it removed ${name}`)
    }
    if (refusal !== undefined) return
    // Where it was not allowed to remove a store that it had made, there is one now.
    const isLeft = after.names.includes('store.mmf') && !before.names.includes('store.mmf')
    if (isLeft) stage.subject = RowStore.openOrCreate(stage.path, ALONE)
    else await this.#again(() => act(stage))
    this.#checkSubject()
  }

  async #afterUse(): Promise<void> {
    this.#checkSubject()
    if (this.error === undefined) return
    if (this.#isPoisoned) return
    await this.#again(() => this.#scenario.act(this.#stage))
    this.#checkSubject()
  }

  /** The same, now that nothing fails. */
  async #again(act: () => unknown): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.blame(`the next try threw ${textOf(error)}`)
    }
  }

  /** Whether the store must not say any more that something is synced. */
  get #isPoisoned(): boolean {
    return this.report.isSyncFailed && this.#scenario.kind !== 'opening'
  }

  /** The subject has what every writer was told, and more can be written to it. */
  #checkSubject(): void {
    const stage = this.#stage
    const { subject } = stage
    if (subject === undefined || subject.closed) {
      this.blame('there is no open store')
      return
    }
    this.#compare(subject, 'the store')
    if (subject.readOnly) return
    stage.append(subject)
    stage.set(subject, 0, stage.rows.length)
    this.#compare(subject, 'the store, written to again,')
    if (this.#isPoisoned) this.#expectSyncFailed('a later sync', () => subject.sync())
  }

  #compare(store: Rows, what: string): void {
    const difference = differenceFrom(this.#stage.rows, store)
    if (difference !== undefined) this.blame(`${what} has ${difference}`)
  }

  #expectSyncFailed(what: string, act: () => void): void {
    try {
      act()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_SYNC_FAILED')
        this.blame(`${what} threw ${textOf(error)}`)
      return
    }
    this.blame(`${what} says that all is synced, though a sync failed`)
  }

  #closeSubject(): void {
    const { subject } = this.#stage
    if (subject === undefined) return
    const { kind } = this.#scenario
    if (kind !== 'closing') {
      if (this.#isPoisoned) this.#expectSyncFailed('close', () => subject.close())
      else subject.close()
    }
    if (!subject.closed) this.blame('the store is not closed')
    if (this.#isPoisoned && this.#stage.hasCleanMark) {
      this.blame('there is a clean mark, though a sync failed')
    }
  }

  #judgeHeld(before: Resources, after: Resources): void {
    const held = heldBeyond(before, after)
    this.violations.push(
      ...held.filter((each) => !(this.report.isMappingStuck && each.startsWith('mapping'))),
    )
  }

  /** @param asBefore what there was right before the act, when the subject may have been open */
  #judgeLeftovers(before: Resources, asBefore: Resources): void {
    const after = this.#look()
    this.#judgeHeld(before, after)
    const { leavesJournal = false } = this.#scenario
    // Whoever can't leave a clean store leaves it to the next opener.
    const isJournalDue = leavesJournal || this.report.hasFailed || this.#stage.others.length > 0
    const known = asBefore.names.filter((name) => !name.endsWith('.journal'))
    for (const name of surplus(known, after.names)) {
      const isSidecar = SIDECARS.some((suffix) => name.endsWith(suffix))
      if (!isSidecar && !(isJournalDue && name.endsWith('.journal')) && !this.#isExcused(name)) {
        this.blame(`after closing there is ${name}`)
      }
    }
  }

  /** Whether a file may be left: it was not allowed to remove it, or could not know whether anybody uses it. */
  #isExcused(name: string): boolean {
    const { path, folder } = this.#stage
    const { notRemoved } = this.report
    if (notRemoved.has(`${folder}/${name}`)) return true
    const failing = this.#fault?.name ?? ''
    if (failing === 'tryLock') return true
    const isUnknown = ['tryLockRange', 'linkSync', 'statSync'].includes(failing) || notRemoved.has(path)
    return name.endsWith('.lock') && isUnknown
  }

  #closeOthers(): void {
    for (const other of this.#stage.others) {
      this.#compare(other, 'another store')
      other.close()
    }
  }

  /** Whoever opens the store next finds everything. */
  #reopen(): void {
    const stage = this.#stage
    if (!this.#look().names.includes('store.mmf')) {
      if (stage.rows.length > 0) this.blame('the store is gone')
      return
    }
    const store = RowStore.open(stage.path, ALONE)
    this.#compare(store, 'the next opener')
    store.append()
    store.close()
    this.#judgeHeld(NOTHING, this.#look())
  }
}

function closeQuietly(store: Rows | undefined): void {
  try {
    store?.close()
  } catch {
    // It has been judged already.
  }
}
