import type { Agent } from 'node:http'
import { type ContestantName, type Contestants, contestantNames } from './contestants.ts'
import { cpuTimeOf } from './cpu.ts'
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
  /** Of the workerd process. Null where the operating system does not tell. */
  cpuUs: number | null
  /** Each per request. Those to and from the database with their headers. */
  roundTrips: number
  answerBytes: number
  bytesToDatabase: number
  bytesFromDatabase: number
}

export type CellOf = { operation: OperationName; contestant: ContestantName; cell: Cell }

/** Before the others, and their figures are dropped: until then V8 still compiles. */
const warmUpRounds = 2

/** Before each cell: code that has not run for a while is slower. */
const warmUpShare = 0.25

export const cellsOf = ({ rounds, operations }: BenchOptions) =>
  (warmUpRounds + rounds) * operations.length * contestantNames.length

/**
 * Every operation, with every contestant in turn, round after round: what disturbs the machine for a
 * while disturbs them all. Throws CommandError for a wrong answer.
 */
export async function measure(
  { operations, rounds, seconds, concurrency }: BenchOptions,
  contestants: Contestants,
  database: BenchDatabase,
  onCell: () => void,
): Promise<CellOf[]> {
  const definitions = operationsOn(database)
  const agents = new Map<ContestantName, Agent>()
  const cells: CellOf[] = []
  let number = 0

  const runCell = async (name: OperationName, contestant: ContestantName): Promise<Cell> => {
    const agent = agents.get(contestant) ?? newAgent(concurrency)
    agents.set(contestant, agent)
    const operation = definitions[name]
    const nextNumber = () => ++number
    const { url, pid } = contestants[contestant]
    const { key } = contestants
    const cell = await measureCell(
      { name: contestant, url, key, agent, operation, nextNumber, concurrency, seconds },
      pid,
      database,
    )
    if (operation.writes) {
      await database.restore()
    }
    return cell
  }

  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const operation of operations) {
      for (const contestant of inTurn(round + warmUpRounds)) {
        const cell = await runCell(operation, contestant)
        if (round >= 0) {
          cells.push({ operation, contestant, cell })
        }
        onCell()
      }
    }
  }
  for (const agent of agents.values()) {
    agent.destroy()
  }
  return cells
}

/** Each round begins with the next one, so that nobody always follows the same neighbour. */
const inTurn = (round: number): ContestantName[] => {
  const first = round % contestantNames.length

  return [...contestantNames.slice(first), ...contestantNames.slice(0, first)]
}

async function measureCell(load: Load, pid: number, { endpoint }: BenchDatabase): Promise<Cell> {
  await putUnderLoad({ ...load, seconds: load.seconds * warmUpShare })

  const trafficBefore = await endpoint.traffic()
  const cpuBefore = await cpuTimeOf(pid)
  const { latenciesMs, seconds, answerBytes } = await putUnderLoad(load)
  const cpuAfter = await cpuTimeOf(pid)
  const traffic = await endpoint.traffic()

  const requests = latenciesMs.length
  const hasCpu = cpuBefore !== undefined && cpuAfter !== undefined
  return {
    requests,
    requestsPerSecond: requests / seconds,
    p50Ms: median(latenciesMs),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuUs: hasCpu ? (cpuAfter - cpuBefore) / requests : null,
    roundTrips: (traffic.requests - trafficBefore.requests) / requests,
    answerBytes: answerBytes / requests,
    bytesToDatabase: (traffic.received - trafficBefore.received) / requests,
    bytesFromDatabase: (traffic.sent - trafficBefore.sent) / requests,
  }
}
