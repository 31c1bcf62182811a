import type { Machine } from '../machine.ts'
import { fixed } from '../statistics.ts'
import type { Filled } from './fill.ts'
import type { OperationCells } from './measure.ts'

export type ScaleResults = {
  date: string
  machine: Machine & { sharedBuffers: string }
  notes: string[]
  tables: Filled[]
  operations: OperationCells[]
}

/** What issue 8 asks for. */
export const goals = { growth: 1.2 }

const notes = [
  'One request at a time, sizes in turn, all of them databases of one server; medians.',
  'PostgreSQL, the Neon endpoint, workerd and who asks share the machine.',
  'Tables are filled without their indexes and checks, which come back when the rows are there.',
  'Shared buffers hold every table, as far as a quarter of the memory is enough; read into them once filled.',
  'Buffers are those of EXPLAIN (ANALYZE, BUFFERS) of what the Worker sent; of an export those of its first statement, times the statements.',
]

export function scaleResultsOf(
  machine: ScaleResults['machine'],
  tables: readonly Filled[],
  operations: readonly OperationCells[],
): ScaleResults {
  return {
    date: new Date().toISOString(),
    machine,
    notes,
    tables: tables.map(({ seconds, secondsPerMillion, ...table }) => ({
      ...table,
      seconds: fixed(seconds, 1),
      secondsPerMillion: fixed(secondsPerMillion, 1),
    })),
    operations: operations.map(({ name, isJudged, growth, cells }) => ({
      name,
      isJudged,
      growth: fixed(growth, 2),
      cells: cells.map((cell) => ({
        ...cell,
        ms: fixed(cell.ms, 2),
        roundTrips: fixed(cell.roundTrips, 2),
        executionMs: fixed(cell.executionMs, 2),
      })),
    })),
  }
}
