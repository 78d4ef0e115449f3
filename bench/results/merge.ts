/** Putting a run's results in the place of those that it repeats. */
import { runtimeTitle } from '../measure/machine.ts'
import type {
  FlightsPart,
  Machine,
  Part,
  PeersPart,
  Results,
  Runtime,
  ScalePart,
  WakesPart,
} from './results.ts'

export type AnyPart = Part | PeersPart | ScalePart | FlightsPart | WakesPart

export function emptyResults(machine: Machine): Results {
  return { machine, parts: [], peers: [], scale: [], flights: [], wakes: [] }
}

/** Results of another machine are dropped: their ratios are of no use beside these. */
export function mergeResults(
  old: Results | undefined,
  machine: Machine,
  results: readonly AnyPart[],
): Results {
  const isSame = old?.machine.processor === machine.processor
  let merged: Results = { ...emptyResults(machine), ...(isSame && old), machine }
  for (const result of results) {
    if ('part' in result) merged = { ...merged, parts: replaced(merged.parts, result) }
    else if ('peers' in result) merged = { ...merged, peers: replaced(merged.peers, result) }
    else if ('points' in result) merged = { ...merged, scale: replaced(merged.scale, result) }
    else if ('wakes' in result) merged = { ...merged, wakes: replaced(merged.wakes, result) }
    else merged = { ...merged, flights: replaced(merged.flights, result) }
  }
  return merged
}

function replaced<P extends { runtime: Runtime; part?: string }>(all: readonly P[], result: P): P[] {
  const key = ({ runtime, part }: P) => `${runtimeTitle(runtime)} ${part}`
  const place = all.findIndex((each) => key(each) === key(result))
  return place < 0 ? [...all, result] : all.with(place, result)
}
