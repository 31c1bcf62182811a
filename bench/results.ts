import type { ContestantName } from './contestants.ts'
import type { Machine } from './machine.ts'
import type { Cell, CellOf } from './measure.ts'
import { type OperationName, operationNames } from './operations.ts'
import type { BenchOptions } from './options.ts'
import { type Price, pricePerMillion } from './prices.ts'
import { median } from './statistics.ts'

type Ratio = { median: number; min: number; max: number }

const parts = {
  workerd: ['cpuUs'],
  postgres: ['postgresUs'],
  all: ['cpuUs', 'endpointUs', 'postgresUs'],
} as const

export type Takes = Record<keyof typeof parts, Ratio | null>

export type ContestantResult = {
  contestant: ContestantName
  /** Of each figure by itself. */
  medians: Cell
  /** CPU of the service per request, against this contestant in the same round: of all, and of each. */
  serviceTakes: Takes
  /** In US dollars; null where a part of the CPU is not told, and for what runs on no Worker. */
  millionCosts: Price | null
  rounds: Cell[]
}

export type OperationResult = { operation: OperationName; contestants: ContestantResult[] }

export type Results = {
  date: string
  machine: Machine
  options: Pick<BenchOptions, 'rounds' | 'seconds' | 'warmUpSeconds' | 'users' | 'concurrency'>
  notes: string[]
  operations: OperationResult[]
}

const notes = [
  'Contestants, PostgreSQL, the Neon endpoint and the load generator share the machine.',
  'The service runs with authentication, validation, headers and logging (to /dev/null).',
  'Plain workerd has no rate limits: the bindings of the service answer a constant.',
]

export function resultsOf(
  cells: readonly CellOf[],
  machine: Machine,
  { rounds, seconds, warmUpSeconds, users, concurrency }: BenchOptions,
): Results {
  return {
    date: new Date().toISOString(),
    machine,
    options: { rounds, seconds, warmUpSeconds, users, concurrency },
    notes,
    operations: operationNames.flatMap((operation) => {
      const own = cells.filter((each) => each.operation === operation)
      return own.length > 0 ? [{ operation, contestants: contestantsOf(own) }] : []
    }),
  }
}

function contestantsOf(cells: readonly CellOf[]): ContestantResult[] {
  const roundsOf = (name: ContestantName) =>
    cells.flatMap(({ contestant, cell }) => (contestant === name ? [cell] : []))
  const service = roundsOf('service')

  const names = [...new Set(cells.map(({ contestant }) => contestant))]

  return names.map((contestant) => {
    const rounds = roundsOf(contestant)
    const medians = mediansOf(rounds)
    return {
      contestant,
      medians,
      serviceTakes: {
        workerd: ratioOf(service, rounds, 'workerd'),
        postgres: ratioOf(service, rounds, 'postgres'),
        all: ratioOf(service, rounds, 'all'),
      },
      millionCosts: contestant === 'recipe' ? null : costsOf(medians),
      rounds: rounds.map(rounded),
    }
  })
}

function costsOf({ cpuUs, postgresUs, bytesFromDatabase }: Cell): Price | null {
  if (cpuUs === null || postgresUs === null) {
    return null
  }
  const { requests, workersCpu, neonCompute, neonTransfer } = pricePerMillion({
    workerdUs: cpuUs,
    postgresUs,
    bytesFromDatabase,
  })
  return {
    requests,
    workersCpu: fixed(workersCpu, 4),
    neonCompute: fixed(neonCompute, 4),
    neonTransfer: fixed(neonTransfer, 4),
  }
}

function mediansOf(cells: readonly Cell[]): Cell {
  const of = (field: Exclude<keyof Cell, CpuField>) => median(cells.map((cell) => cell[field]))
  const cpuOf = (field: CpuField) => {
    const told = cells.flatMap(({ [field]: cpu }) => (cpu === null ? [] : [cpu]))
    return told.length > 0 ? median(told) : null
  }

  return rounded({
    requests: of('requests'),
    requestsPerSecond: of('requestsPerSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    cpuUs: cpuOf('cpuUs'),
    endpointUs: cpuOf('endpointUs'),
    postgresUs: cpuOf('postgresUs'),
    roundTrips: of('roundTrips'),
    answerBytes: of('answerBytes'),
    bytesToDatabase: of('bytesToDatabase'),
    bytesFromDatabase: of('bytesFromDatabase'),
  })
}

type CpuField = 'cpuUs' | 'endpointUs' | 'postgresUs'

/** Of a cell, in microseconds per request; null where a part is not told. */
export function sumOf(cell: Cell, part: keyof Takes): number | null {
  const told = parts[part].map((field) => cell[field])
  return told.reduce((sum, cpu) => (sum === null || cpu === null ? null : sum + cpu), 0)
}

function ratioOf(
  service: readonly Cell[],
  reference: readonly Cell[],
  part: keyof Takes,
): Ratio | null {
  const ratios = service.flatMap((cell, round) => {
    const [own, other] = [cell, reference[round]].map((each) => each && sumOf(each, part))
    return own != null && other ? [own / other] : []
  })
  return ratios.length === 0
    ? null
    : {
        median: fixed(median(ratios), 3),
        min: fixed(Math.min(...ratios), 3),
        max: fixed(Math.max(...ratios), 3),
      }
}

const fixed = (value: number, digits: number) => Number(value.toFixed(digits))

const fixedOrNull = (value: number | null) => (value === null ? null : fixed(value, 1))

const rounded = (cell: Cell): Cell => ({
  requests: cell.requests,
  requestsPerSecond: fixed(cell.requestsPerSecond, 0),
  p50Ms: fixed(cell.p50Ms, 2),
  p99Ms: fixed(cell.p99Ms, 2),
  cpuUs: fixedOrNull(cell.cpuUs),
  endpointUs: fixedOrNull(cell.endpointUs),
  postgresUs: fixedOrNull(cell.postgresUs),
  roundTrips: fixed(cell.roundTrips, 4),
  answerBytes: fixed(cell.answerBytes, 0),
  bytesToDatabase: fixed(cell.bytesToDatabase, 0),
  bytesFromDatabase: fixed(cell.bytesFromDatabase, 0),
})
