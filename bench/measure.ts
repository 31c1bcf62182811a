import type { Agent } from 'node:http'
import type { Contestant, ContestantName, Contestants } from './contestants.ts'
import { cpuTimeOf, cpuTimeOfFamily } from './cpu.ts'
import type { BenchDatabase } from './database.ts'
import { type Load, newAgent, putUnderLoad } from './load.ts'
import { type OperationName, operationsOn } from './operations.ts'
import type { BenchOptions } from './options.ts'
import { median, percentile } from './statistics.ts'

/** What one contestant did in one round of one operation. */
export type Cell = {
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  /** CPU of workerd, of the endpoint, and of PostgreSQL. Null where the operating system does not tell. */
  cpuUs: number | null
  endpointUs: number | null
  postgresUs: number | null
  /** Each per request. Those to and from the database with their headers. */
  roundTrips: number
  answerBytes: number
  bytesToDatabase: number
  bytesFromDatabase: number
}

export type CellOf = { operation: OperationName; contestant: ContestantName; cell: Cell }

/** Before each cell: code that has not run for a while is slower. */
const warmUpShare = 0.25

export const stepsOf = ({ rounds, operations }: BenchOptions, { all }: Contestants) =>
  operations.length * (1 + rounds * all.length)

/**
 * Every operation, with every contestant in turn, round after round: what disturbs the machine for a
 * while disturbs them all. Throws CommandError for a wrong answer.
 */
export async function measure(
  { operations, rounds, seconds, concurrency, warmUpSeconds }: BenchOptions,
  { all, key }: Contestants,
  database: BenchDatabase,
  onStep: () => void,
): Promise<CellOf[]> {
  const definitions = operationsOn(database)
  const agents = new Map<ContestantName, Agent>()
  const cells: CellOf[] = []
  let number = 0

  const loadOf = (operation: OperationName, { name, url }: Contestant): Load => {
    const agent = agents.get(name) ?? newAgent(concurrency)
    agents.set(name, agent)
    return {
      name,
      url,
      key,
      agent,
      operation: definitions[operation],
      nextNumber: () => ++number,
      concurrency: Math.min(
        concurrency,
        definitions[operation].maxConcurrency ?? Number.POSITIVE_INFINITY,
      ),
      seconds,
    }
  }
  const tidyAfter = async (operation: OperationName) => {
    if (definitions[operation].writes) {
      await database.restore()
    }
    onStep()
  }

  for (const operation of operations) {
    await Promise.all(
      all.map((contestant) =>
        putUnderLoad({ ...loadOf(operation, contestant), seconds: warmUpSeconds }),
      ),
    )
    await tidyAfter(operation)
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const operation of operations) {
      for (const contestant of inTurn(all, round)) {
        const cell = await measureCell(loadOf(operation, contestant), contestant.pid, database)
        cells.push({ operation, contestant: contestant.name, cell })
        await tidyAfter(operation)
      }
    }
  }
  for (const agent of agents.values()) {
    agent.destroy()
  }
  return cells
}

/** Each round begins with the next one, so that nobody always follows the same neighbour. */
const inTurn = (all: readonly Contestant[], round: number): Contestant[] => {
  const first = round % all.length

  return [...all.slice(first), ...all.slice(0, first)]
}

async function measureCell(
  load: Load,
  pid: number,
  { endpoint, pid: postgres }: BenchDatabase,
): Promise<Cell> {
  await putUnderLoad({ ...load, seconds: load.seconds * warmUpShare })
  const cpu = () =>
    Promise.all([cpuTimeOf(pid), cpuTimeOf(endpoint.pid), cpuTimeOfFamily(postgres)] as const)

  const trafficBefore = await endpoint.traffic()
  const before = await cpu()
  const { latenciesMs, seconds, answerBytes } = await putUnderLoad(load)
  const after = await cpu()
  const traffic = await endpoint.traffic()

  const requests = latenciesMs.length
  const spent = (index: 0 | 1 | 2) => {
    const [start, end] = [before[index], after[index]]
    return start === undefined || end === undefined ? null : (end - start) / requests
  }
  return {
    requests,
    requestsPerSecond: requests / seconds,
    p50Ms: median(latenciesMs),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuUs: spent(0),
    endpointUs: spent(1),
    postgresUs: spent(2),
    roundTrips: (traffic.requests - trafficBefore.requests) / requests,
    answerBytes: answerBytes / requests,
    bytesToDatabase: (traffic.received - trafficBefore.received) / requests,
    bytesFromDatabase: (traffic.sent - trafficBefore.sent) / requests,
  }
}
