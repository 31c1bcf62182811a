import { CommandError } from '../../scripts/command/command.ts'
import type { BenchEndpoint } from '../endpoint.ts'
import { median } from '../statistics.ts'
import { type Answer, ask, type Service } from './ask.ts'
import { type ScaleOperation, scaleOperations } from './operations.ts'
import { type Work, workOf } from './plans.ts'
import type { Recorder } from './recorder.ts'
import type { Subject } from './subject.ts'

/** A table, and the service on it. */
export type Measured = { subject: Subject; service: Service }

/** The service whose statements are written down. Its cursors are of this connection string. */
export type Recorded = { recorder: Recorder; service: Service; url: string }

export type ScaleCell = Work & {
  users: number
  requests: number
  /** Of the last request. */
  status: number
  ms: number
  roundTrips: number
}

export type OperationCells = Pick<ScaleOperation, 'name' | 'isJudged'> & {
  /** So many times the time of the smallest table is that of the largest, in the same turn. */
  growth: number
  cells: ScaleCell[]
}

const warmUpRequests = 10
/** Of each service and turn, before anything is measured: until then V8 still compiles. */
const coldRequests = 150
/** Of each operation on each size. */
const budgetMs = 5_000

/**
 * Sizes take turns, so many of them: what disturbs the machine for a while disturbs every size.
 * Throws CommandError for a wrong answer.
 */
export async function measureSizes(
  turns: number,
  sizes: readonly Measured[],
  recorded: Recorded,
  endpoint: BenchEndpoint,
  stop: AbortSignal,
  onOperation: (cells: OperationCells) => void,
): Promise<OperationCells[]> {
  // The largest first: that takes longest, and a session that is idle for ten seconds is closed.
  for (const { service } of sizes.toReversed()) {
    for (let cold = 0; cold < turns * coldRequests; cold += 1) {
      stop.throwIfAborted()
      await ask(service, { method: 'GET', path: cold % 2 === 0 ? '/users' : '/users/1' })
    }
    // Reads every user in the session that the other requests get: to touch a page of shared buffers
    // for the first time costs a session more than to read it.
    await ask(service, { method: 'GET', path: '/users/export', isStreamed: true })
  }
  const measured: OperationCells[] = []
  for (const operation of scaleOperations) {
    const runs = sizes.map((size) => startRun(operation, size, endpoint))
    for (let turn = 0; turn < turns; turn += 1) {
      for (const run of runs) {
        stop.throwIfAborted()
        await run.takeTurn()
      }
    }
    const cells: ScaleCell[] = []
    for (const [index, { subject }] of sizes.entries()) {
      stop.throwIfAborted()
      const timing = runs[index]?.timing()
      if (timing) {
        const work = await explain(operation, subject, recorded)
        // Of an export the first of its statements, all of which do the same.
        const buffers = Math.round(work.buffers * timing.roundTrips)
        cells.push({ users: subject.users, ...timing, ...work, buffers })
      }
    }
    const { name, isJudged } = operation
    const growth = growthOf(runs[0]?.turns() ?? [], runs.at(-1)?.turns() ?? [])
    measured.push({ name, isJudged, growth, cells })
    onOperation({ name, isJudged, growth, cells })
  }
  return measured
}

const growthOf = (smallest: readonly number[], largest: readonly number[]) =>
  median(largest.map((ms, turn) => ms / (smallest[turn] ?? Number.NaN)))

function startRun(
  operation: ScaleOperation,
  { subject, service }: Measured,
  endpoint: BenchEndpoint,
) {
  const turns: number[][] = []
  let number = 0
  let spentMs = 0
  let roundTrips = 0
  let last: Answer | undefined

  const send = async () => {
    const { url } = subject.database
    number += 1
    last = check(
      operation,
      subject,
      await ask(service, await operation.request(subject, number, url, last)),
    )
    spentMs += last.ms
    return last.ms
  }
  const warmUp = async () => {
    const isShort = operation.perTurn > 1 && !operation.writes
    for (let warm = 0; isShort && warm < warmUpRequests; warm += 1) {
      if ((await send()) > 100) {
        return
      }
    }
  }

  return {
    async takeTurn() {
      if (number === 0) {
        await warmUp()
        spentMs = 0
      }
      const before = await endpoint.traffic()
      const turn: number[] = []
      while (
        turn.length < operation.perTurn &&
        (turns.flat().length + turn.length === 0 || spentMs < budgetMs)
      ) {
        turn.push(await send())
      }
      if (turn.length > 0) {
        turns.push(turn)
      }
      roundTrips += (await endpoint.traffic()).requests - before.requests
    },
    timing: () => ({
      requests: turns.flat().length,
      status: last?.status ?? 0,
      ms: median(turns.flat()),
      roundTrips: roundTrips / turns.flat().length,
    }),
    turns: () => turns.map(median),
  }
}

/** What takes PostgreSQL longer than the four seconds, or the one of a search: a finding, no mistake. */
const isTooSlow = ({ status, text }: Answer) =>
  status === 503 || status === 504 || (status === 422 && text.includes('search-too-broad'))

/** Throws CommandError for a wrong answer. */
export function check(
  { name, status, faultOf }: ScaleOperation,
  subject: Subject,
  answer: Answer,
): Answer {
  if (isTooSlow(answer)) {
    return answer
  }
  const fault =
    answer.status === status
      ? faultOf?.(subject, answer)
      : `has status ${answer.status}: ${answer.text.slice(0, 500)}`
  if (fault !== undefined) {
    throw new CommandError(`The answer to "${name}" on a table of ${subject.users} users ${fault}.`)
  }
  return answer
}

async function explain(
  { request }: ScaleOperation,
  subject: Subject,
  { recorder, service, url }: Recorded,
): Promise<Work> {
  // Of a number that no request has had.
  await ask(service, await request(subject, 0, url, undefined))

  return workOf(subject.database.ownerUrl, recorder.take())
}
